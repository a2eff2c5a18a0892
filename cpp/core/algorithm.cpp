// The cost model. A cost is a time in units of one multiply-add of a whole vector, so it holds for any width and clock.
#include "algorithm.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
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

// Lanes beyond the last channel idle. Beside the multiply-adds, each pixel is pointed at once for each tap and stored, or, for the
// weight gradient, copied into a panel, for each of which all sums are read and stored. The constants were fitted to times.
template <class T> double direct_cost(Pass pass, const ConvShape& s) {
  constexpr double call = 2000, point = 4, tile_row = 13, store = 3, copy = 5, copy_run = 60, sum = 15, panel_pixels = 256;
  const Index lanes = pick<T>(*current_target().tiles).lanes, channels = pass == Pass::input_grad ? s.group_in() : s.group_out();
  if (channels == 0) return 0;
  const double vectors = double(parts_of(channels, lanes)), groups = double(s.groups);   // of a group
  const double sums = s.multiply_adds() / double(channels) * vectors;
  if (pass == Pass::weight_grad) {
    const bool whole_rows = s.dilation_w == 1 && s.groups == 1;   // the taps of a kernel row are copied at once
    const Index runs = whole_rows ? s.kernel_h : s.taps();
    const Index run = parts_of(whole_rows ? s.kernel_w * s.in_channels : s.group_in(), lanes);
    const double pixels = double(s.pixels()), weights = double(s.taps() * s.group_in()) * vectors;
    const double copied = double(runs) * (copy * pixels * double(run) + copy_run * double(s.batch * s.out_h));
    return call / 2 + sums + groups * (copied + sum * std::ceil(pixels / panel_pixels) * weights);
  }
  const bool input_grad = pass == Pass::input_grad;
  const double pixels = double(input_grad ? s.batch * s.in_h * s.in_w : s.pixels());
  const double taps = double(s.taps()) / double(input_grad ? s.stride_h * s.stride_w : 1);   // of a pixel
  return call + sums + groups * pixels * (point * taps + tile_row + store * vectors);
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
  return best;
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
