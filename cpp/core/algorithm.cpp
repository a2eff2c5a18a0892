// The cost model. A cost is a time in units of one multiply-add of a whole vector, so it holds for any width and clock.
#include "algorithm.hpp"

#include <atomic>
#include <limits>
#include "banded.hpp"
#include "targets.hpp"

namespace convstep {
namespace {

struct Named {
  const char* name;
  Algorithm algorithm;
};
constexpr Named names[] = {{"direct", Algorithm::direct}, {"banded", Algorithm::banded}};

std::atomic<int> forced{-1};       // an index into names
std::atomic<bool> exact{false};

constexpr double impossible = std::numeric_limits<double>::infinity();

template <class T> double direct_cost(Pass, const ConvShape& s) {
  const double lanes = pick<T>(*current_target().tiles).lanes;
  return s.multiply_adds() / lanes;
}

template <class T> double cost(Algorithm algorithm, Pass pass, const ConvShape& s) {
  switch (algorithm) {
    case Algorithm::direct: return direct_cost<T>(pass, s);
    case Algorithm::banded: return banded_cost<T>(pass == Pass::input_grad, s);
  }
  return impossible;
}

}  // namespace

template <class T> Algorithm choose(Pass pass, const ConvShape& shape) {
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
