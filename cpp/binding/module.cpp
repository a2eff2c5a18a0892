// The module `convstep._kernels`: the parts, and the settings of the core.
#include "../core/algorithm.hpp"
#include "../core/targets.hpp"
#include "../core/threads.hpp"
#include "binding.hpp"

using namespace convstep;

namespace {

std::vector<std::string> targets() {
  std::vector<std::string> names;
  for (const Target* target : runnable_targets()) names.push_back(target->name);
  return names;
}

}  // namespace

// By this symbol threadpoolctl knows this library (convstep.ops.threads).
extern "C" NB_EXPORT int convstep_num_threads() { return num_threads(); }

NB_MODULE(_kernels, m) {
  bind_convolution(m);
  bind_elementwise(m);
  bind_memory(m);
  bind_norm(m);
  bind_pooling(m);
  m.def("targets", &targets, "Names of the instruction sets that can run here, best first.");
  m.def("target", [] { return std::string(current_target().name); });
  m.def("select_target", &select_target, "False where that target cannot run.");
  m.def("num_threads", &num_threads);
  m.def("set_num_threads", &set_num_threads);
  m.def("precision", [] { return std::string(precision()); });
  m.def("set_precision", &set_precision);
  m.def("force_algorithm", &force_algorithm, "False where there is no such algorithm.");
}
