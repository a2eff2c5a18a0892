// The cost model. A cost is a time in units of one multiply-add of a whole vector, so it holds for any width and clock.
#include "algorithm.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include "axis.hpp"
#include "banded.hpp"
#include "dense.hpp"
#include "grouped.hpp"
#include "planar.hpp"
#include "split.hpp"
#include "targets.hpp"
#include "winograd.hpp"

namespace convstep {
namespace {

struct Named {
  const char* name;
  Algorithm algorithm;
};
constexpr Named names[] = {{"direct", Algorithm::direct}, {"banded", Algorithm::banded}, {"winograd", Algorithm::winograd},
                           {"grouped", Algorithm::grouped}, {"planar", Algorithm::planar}, {"dense", Algorithm::dense}};

std::atomic<int> forced{-1};       // an index into names
std::atomic<bool> exact{false};

constexpr double impossible = std::numeric_limits<double>::infinity();

// Lanes beyond the last channel idle, and so do the units where too few sums grow side by side. Beside the multiply-adds, each
// pixel is pointed at for each tap and stored; the weight gradient begins each row of the output anew in every tile, and reads and
// stores all sums for each panel. The constants were fitted to times.
template <class T> double direct_cost(Pass pass, const ConvShape& s) {
  constexpr double call = 1000, point = 2, pixel = 6, store = 3, begin_row = 8, enough_sums = 20, sum = 3, panel_pixels = 256;
  const Tiles<T>& tiles = pick<T>(*current_target().tiles);
  const Index channels = pass == Pass::input_grad ? s.group_in() : s.group_out();
  if (channels == 0 || s.multiply_adds() == 0) return 0;
  const auto [h, w] = forward_axes(s);
  const Blocks<T> blocks(tiles, channels);
  const double images = double(s.batch * s.groups), reads = images * double(h.reads()) * double(w.reads());
  const double sums = reads * double(pass == Pass::input_grad ? s.group_out() : s.group_in()) * double(blocks.vectors);
  if (pass == Pass::weight_grad) {
    const Index rows = std::min<Index>(s.group_in(), tiles.rows[blocks.widest()]);
    const double visits = images * double(h.reads() * s.kernel_w) * double(parts_of(s.group_in(), rows) * blocks.count);
    const double stored = double(s.taps() * s.in_channels * blocks.vectors) * std::ceil(double(s.pixels()) / panel_pixels);
    return call + sums * std::max(1.0, enough_sums / double(rows * blocks.widest())) + begin_row * visits + sum * stored;
  }
  const double pixels = images * double(pass == Pass::input_grad ? s.in_h * s.in_w : s.out_h * s.out_w);
  return call + sums + point * reads * double(blocks.count) + pixels * (pixel + store * double(blocks.vectors));
}

// In float32 where it is asked for: Winograd rounds worse than the direct sum.
template <class T> double winograd_time(Pass pass, const ConvShape& s) {
  if (exact.load() || sizeof(T) != sizeof(float) || !winograd_fits(s)) return impossible;
  return pass == Pass::weight_grad ? winograd_weight_grad_cost<T>(s) : winograd_cost<T>(s, pass == Pass::input_grad);
}

// The input gradient adds in another order than the direct one, which takes larger batches.
template <class T> double dense_time(Pass pass, const ConvShape& s) {
  return dense_fits(s) && !(exact.load() && pass == Pass::input_grad) ? dense_cost<T>(pass, s) : impossible;
}

template <class T> double cost(Algorithm algorithm, Pass pass, const ConvShape& s) {
  switch (algorithm) {
    case Algorithm::direct: return direct_cost<T>(pass, s);
    case Algorithm::grouped: return grouped_fits(s) ? grouped_cost<T>(pass, s) : impossible;
    case Algorithm::winograd: return winograd_time<T>(pass, s);
    case Algorithm::planar: return planar_cost<T>(pass, s);
    case Algorithm::dense: return dense_time<T>(pass, s);
    case Algorithm::banded: return banded_cost<T>(pass, s);
  }
  return impossible;
}

}  // namespace

template <class T> Algorithm choose(Pass pass, const ConvShape& given) {
  ConvShape shape = given;
  if (exact.load() && pass != Pass::weight_grad) shape.batch = std::min<Index>(shape.batch, 1);   // the same sums for any batch
  if (const int i = forced.load(std::memory_order_relaxed); i >= 0 && cost<T>(names[i].algorithm, pass, shape) < impossible)
    return names[i].algorithm;
  Algorithm best = Algorithm::direct;
  double least = impossible;
  for (const Named& n : names)
    if (const double c = cost<T>(n.algorithm, pass, shape); c < least) least = c, best = n.algorithm;
  return best == Algorithm::dense && !dense_fits(given) ? Algorithm::direct : best;   // of one image alone; both give the same bits
}

template Algorithm choose<float>(Pass, const ConvShape&);
template Algorithm choose<double>(Pass, const ConvShape&);

bool set_precision(const std::string& name) {
  if (name != "fast" && name != "exact") return false;
  exact.store(name == "exact");
  return true;
}

const char* precision() { return exact.load() ? "exact" : "fast"; }

bool force_algorithm(const std::string& name) {
  if (name.empty()) return forced.store(-1), true;
  for (int i = 0; i < int(sizeof names / sizeof *names); i++)
    if (name == names[i].name) return forced.store(i), true;
  return false;
}

std::vector<std::string> algorithm_names() {
  std::vector<std::string> all;
  for (const Named& n : names) all.push_back(n.name);
  return all;
}

}  // namespace convstep
