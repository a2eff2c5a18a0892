// Convolution, dense layers, and their gradients, for Python.
#include "../core/conv2d.hpp"

#include <algorithm>
#include "binding.hpp"

namespace convstep {
namespace {

// A step beyond the padded input is as good as any longer one; cut short, it stays far from overflow.
ConvShape shape_of(const Array& x, const Array& y, const Window& w, Index groups) {
  const Index most_h = w.size.first + w.rows.first + w.rows.second + 1, most_w = w.size.second + w.columns.first + w.columns.second + 1;
  return {x.size(0), w.size.first, w.size.second, x.last(), w.kernel.first, w.kernel.second, w.out.first, w.out.second, y.last(),
          std::min(w.stride.first, most_h), std::min(w.stride.second, most_w), w.rows.first, w.columns.first,
          std::min(w.dilation.first, most_h), std::min(w.dilation.second, most_w), groups};
}

// Rows of features are the pixels of one row of an image.
ConvShape rows_of(const Array& x, const Array& y) {
  const Index rows = x.size(0);
  return {1, 1, rows, x.last(), 1, 1, 1, rows, y.last(), 1, 1, 0, 0, 1, 1, 1};
}

void forward(const ConvShape& shape, const In& x, const In& weight, const In& bias, std::string_view activation, const Out& y) {
  run(y, [&, fused = activation_of(activation)](auto zero) {
    using T = decltype(zero);
    conv2d(shape, x.as<T>(), weight.as<T>(), bias.as<T>(), fused, y.as<T>());
  });
}

void input_grad(const ConvShape& shape, const In& grad, const In& weight, const Out& dx) {
  run(dx, [&](auto zero) {
    using T = decltype(zero);
    conv2d_input_grad(shape, grad.as<T>(), weight.as<T>(), dx.as<T>());
  });
}

void weight_grad(const ConvShape& shape, const In& grad, const In& x, const Out& dweight) {
  run(dweight, [&](auto zero) {
    using T = decltype(zero);
    conv2d_weight_grad(shape, grad.as<T>(), x.as<T>(), dweight.as<T>());
  });
}

}  // namespace

void bind_convolution(nb::module_& m) {
  m.def("conv2d", [](const In& x, const In& weight, const In& bias, const char* activation, const Out& y, const Window& window,
                     Index groups) {
    forward(shape_of(x, y, window, groups), x, weight, bias, activation, y);
  }, nb::arg("x"), nb::arg("weight"), nb::arg("bias").none(), nb::arg("activation"), nb::arg("y"), nb::arg("window"),
     nb::arg("groups"));
  m.def("conv2d_input_grad", [](const In& grad, const In& weight, const Out& dx, const Window& window, Index groups) {
    input_grad(shape_of(dx, grad, window, groups), grad, weight, dx);
  });
  m.def("conv2d_weight_grad", [](const In& grad, const In& x, const Out& dweight, const Window& window, Index groups) {
    weight_grad(shape_of(x, grad, window, groups), grad, x, dweight);
  });
  m.def("dense", [](const In& x, const In& weight, const In& bias, const char* activation, const Out& y) {
    forward(rows_of(x, y), x, weight, bias, activation, y);
  }, nb::arg("x"), nb::arg("weight"), nb::arg("bias").none(), nb::arg("activation"), nb::arg("y"));
  m.def("dense_input_grad", [](const In& grad, const In& weight, const Out& dx) {
    input_grad(rows_of(dx, grad), grad, weight, dx);
  });
  m.def("dense_weight_grad", [](const In& grad, const In& x, const Out& dweight) {
    weight_grad(rows_of(x, grad), grad, x, dweight);
  });
  m.def("bias_grad", [](const In& grad, const Out& dbias) {
    const Index channels = dbias.size(0), pixels = channels ? grad.elements() / channels : 0;
    run(dbias, [&](auto zero) {
      using T = decltype(zero);
      conv2d_bias_grad(pixels, channels, grad.as<T>(), dbias.as<T>());
    });
  });
}

}  // namespace convstep
