// Convolution and its gradients, for Python.
#include "binding.hpp"

namespace convstep {
namespace {

template <class X, class Weight, class Y>
ConvShape shape_of(const X& x, const Weight& weight, const Y& y, Pair stride, Pair padding, Pair dilation, Index groups) {
  const auto size = [](const auto& a, std::size_t axis) { return Index(a.shape(axis)); };
  return {size(x, 0), size(x, 1), size(x, 2), size(x, 3), size(weight, 0), size(weight, 1), size(y, 1), size(y, 2), size(y, 3),
          stride.first, stride.second, padding.first, padding.second, dilation.first, dilation.second, groups};
}

}  // namespace

void bind_convolution(nb::module_& m) {
  m.def("conv2d", [](In x, In weight, std::optional<In> bias, std::string activation, Out y, Pair stride, Pair padding,
                     Pair dilation, Index groups) {
    const ConvShape shape = shape_of(x, weight, y, stride, padding, dilation, groups);
    return run(y, [&](auto zero) {
      using T = decltype(zero);
      return conv2d(shape, in<T>(x), in<T>(weight), bias ? in<T>(*bias) : nullptr, activation_named(activation), out<T>(y)), true;
    });
  }, nb::arg("x"), nb::arg("weight"), nb::arg("bias").none(), nb::arg("activation"), nb::arg("y"), nb::arg("stride"),
     nb::arg("padding"), nb::arg("dilation"), nb::arg("groups"));
  m.def("conv2d_input_grad", [](In grad, In weight, Out dx, Pair stride, Pair padding, Pair dilation, Index groups) {
    const ConvShape shape = shape_of(dx, weight, grad, stride, padding, dilation, groups);
    return run(dx, [&](auto zero) {
      using T = decltype(zero);
      return conv2d_input_grad(shape, in<T>(grad), in<T>(weight), out<T>(dx)), true;
    });
  });
  m.def("conv2d_weight_grad", [](In grad, In x, Out dweight, Pair stride, Pair padding, Pair dilation, Index groups) {
    const ConvShape shape = shape_of(x, dweight, grad, stride, padding, dilation, groups);
    return run(dweight, [&](auto zero) {
      using T = decltype(zero);
      return conv2d_weight_grad(shape, in<T>(grad), in<T>(x), out<T>(dweight)), true;
    });
  });
  m.def("conv2d_bias_grad", [](In grad, Out dbias) {
    const Index channels = Index(dbias.shape(0));
    const Index pixels = Index(grad.shape(0)) * Index(grad.shape(1)) * Index(grad.shape(2));
    run(dbias, [&](auto zero) {
      using T = decltype(zero);
      conv2d_bias_grad(pixels, channels, in<T>(grad), out<T>(dbias));
      return true;
    });
  });
}

}  // namespace convstep
