// Pooling, for Python.
#include "../core/pooling.hpp"
#include "binding.hpp"

namespace convstep {
namespace {

PoolShape shape_of(const Array& x, const Window& w) {
  return {x.size(0), w.size.first, w.size.second, x.last(), w.kernel.first, w.kernel.second, w.out.first, w.out.second,
          w.stride.first, w.stride.second, w.rows.first, w.rows.second, w.columns.first, w.columns.second,
          w.dilation.first, w.dilation.second};
}

}  // namespace

// Each takes its arrays, the result last, then the window.
void bind_pooling(nb::module_& m) {
  m.def("max_pool2d", [](const In& x, const Out& y, const Window& window) {
    run(y, [&, s = shape_of(x, window)](auto zero) {
      using T = decltype(zero);
      max_pool2d(s, x.as<T>(), y.as<T>());
    });
  });
  m.def("max_pool2d_with_index", [](const In& x, const Out& index, const Out& y, const Window& window) {
    run(y, [&, s = shape_of(x, window)](auto zero) {
      using T = decltype(zero);
      max_pool2d_with_index(s, x.as<T>(), y.as<T>(), index.as<std::uint8_t>());
    });
  });
  m.def("max_pool2d_index_backward", [](const In& grad, const In& index, const Out& dx, const Window& window) {
    run(dx, [&, s = shape_of(dx, window)](auto zero) {
      using T = decltype(zero);
      max_pool2d_index_backward(s, grad.as<T>(), index.as<std::uint8_t>(), dx.as<T>());
    });
  });
  m.def("max_pool2d_count", [](const In& x, const In& y, const Out& count, const Window& window) {
    run(count, [&, s = shape_of(x, window)](auto zero) {
      using T = decltype(zero);
      max_pool2d_count(s, x.as<T>(), y.as<T>(), count.as<T>());
    });
  });
  m.def("max_pool2d_equal_backward", [](const In& grad, const In& x, const In& y, const Out& dx, const Window& window) {
    run(dx, [&, s = shape_of(x, window)](auto zero) {
      using T = decltype(zero);
      max_pool2d_equal_backward(s, grad.as<T>(), x.as<T>(), y.as<T>(), dx.as<T>());
    });
  });
  m.def("avg_pool2d", [](const In& x, bool count_padding, const Out& y, const Window& window) {
    run(y, [&, s = shape_of(x, window)](auto zero) {
      using T = decltype(zero);
      avg_pool2d(s, x.as<T>(), count_padding, y.as<T>());
    });
  });
  m.def("avg_pool2d_backward", [](const In& grad, bool count_padding, const Out& dx, const Window& window) {
    run(dx, [&, s = shape_of(dx, window)](auto zero) {
      using T = decltype(zero);
      avg_pool2d_backward(s, grad.as<T>(), count_padding, dx.as<T>());
    });
  });
}

}  // namespace convstep
