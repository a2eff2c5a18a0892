// Batch norm, for Python.
#include "../core/norm.hpp"
#include "binding.hpp"

namespace convstep {
namespace {

Rows rows_of(const Array& x) {
  const Index channels = x.last();
  return {channels ? x.elements() / channels : 0, channels};
}

}  // namespace

// Each takes its arrays and numbers, the results last.
void bind_norm(nb::module_& m) {
  m.def("batch_statistics", [](const In& x, const Out& mean, const Out& variance) {
    run(mean, [&](auto zero) {
      using T = decltype(zero);
      batch_statistics(rows_of(x), x.as<T>(), mean.as<T>(), variance.as<T>());
    });
  });
  m.def("batch_norm", [](const In& x, const In& weight, const In& bias, const In& mean, const In& variance, double eps,
                         const char* activation, const Out& y) {
    run(y, [&, fused = activation_of(activation)](auto zero) {
      using T = decltype(zero);
      batch_norm(rows_of(x), x.as<T>(), weight.as<T>(), bias.as<T>(), mean.as<T>(), variance.as<T>(), eps, fused, y.as<T>());
    });
  });
  m.def("batch_norm_backward", [](const In& grad, const In& x, const In& weight, const In& bias, const In& mean,
                                  const In& variance, double eps, const char* activation, nb::handle dx, const Out& dweight,
                                  const Out& dbias) {
    std::optional<Out> wanted;
    if (!dx.is_none()) wanted.emplace(dx);
    run(dweight, [&, fused = activation_of(activation)](auto zero) {
      using T = decltype(zero);
      batch_norm_backward(rows_of(x), grad.as<T>(), x.as<T>(), weight.as<T>(), bias.as<T>(), mean.as<T>(), variance.as<T>(), eps, fused,
                          wanted ? wanted->as<T>() : nullptr, dweight.as<T>(), dbias.as<T>());
    });
  }, nb::arg("grad"), nb::arg("x"), nb::arg("weight"), nb::arg("bias"), nb::arg("mean"), nb::arg("variance"), nb::arg("eps"),
     nb::arg("activation"), nb::arg("dx").none(), nb::arg("dweight"), nb::arg("dbias"));
}

}  // namespace convstep
