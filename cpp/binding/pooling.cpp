// Pooling, for Python.
#include "../core/pooling.hpp"
#include "binding.hpp"

namespace convstep {
namespace {

using Pads = std::pair<Pair, Pair>;

template <class X, class Y> PoolShape shape_of(const X& x, const Y& y, Pair kernel, Pair stride, Pads padding, Pair dilation) {
  const auto size = [](const auto& a, std::size_t axis) { return Index(a.shape(axis)); };
  return {size(x, 0), size(x, 1), size(x, 2), size(x, 3), kernel.first, kernel.second, size(y, 1), size(y, 2), stride.first, stride.second,
          padding.first.first, padding.first.second, padding.second.first, padding.second.second, dilation.first, dilation.second};
}

const std::uint8_t* bytes(const In& a) { return static_cast<const std::uint8_t*>(a.data()); }

}  // namespace

// Each takes its arrays, the result last, then the window: kernel, stride, padding, dilation.
void bind_pooling(nb::module_& m) {
  m.def("max_pool2d", [](In x, Out y, Pair kernel, Pair stride, Pads padding, Pair dilation) {
    run(y, [&, s = shape_of(x, y, kernel, stride, padding, dilation)](auto zero) {
      using T = decltype(zero);
      return max_pool2d(s, in<T>(x), out<T>(y)), true;
    });
  });
  m.def("max_pool2d_with_index", [](In x, Out index, Out y, Pair kernel, Pair stride, Pads padding, Pair dilation) {
    run(y, [&, s = shape_of(x, y, kernel, stride, padding, dilation)](auto zero) {
      using T = decltype(zero);
      return max_pool2d_with_index(s, in<T>(x), out<T>(y), static_cast<std::uint8_t*>(index.data())), true;
    });
  });
  m.def("max_pool2d_index_backward", [](In grad, In index, Out dx, Pair kernel, Pair stride, Pads padding, Pair dilation) {
    run(dx, [&, s = shape_of(dx, grad, kernel, stride, padding, dilation)](auto zero) {
      using T = decltype(zero);
      return max_pool2d_index_backward(s, in<T>(grad), bytes(index), out<T>(dx)), true;
    });
  });
  m.def("max_pool2d_count", [](In x, In y, Out count, Pair kernel, Pair stride, Pads padding, Pair dilation) {
    run(count, [&, s = shape_of(x, y, kernel, stride, padding, dilation)](auto zero) {
      using T = decltype(zero);
      return max_pool2d_count(s, in<T>(x), in<T>(y), out<T>(count)), true;
    });
  });
  m.def("max_pool2d_equal_backward", [](In grad, In x, In y, Out dx, Pair kernel, Pair stride, Pads padding, Pair dilation) {
    run(dx, [&, s = shape_of(x, y, kernel, stride, padding, dilation)](auto zero) {
      using T = decltype(zero);
      return max_pool2d_equal_backward(s, in<T>(grad), in<T>(x), in<T>(y), out<T>(dx)), true;
    });
  });
  m.def("avg_pool2d", [](In x, bool count_padding, Out y, Pair kernel, Pair stride, Pads padding, Pair dilation) {
    run(y, [&, s = shape_of(x, y, kernel, stride, padding, dilation)](auto zero) {
      using T = decltype(zero);
      return avg_pool2d(s, in<T>(x), count_padding, out<T>(y)), true;
    });
  });
  m.def("avg_pool2d_backward", [](In grad, bool count_padding, Out dx, Pair kernel, Pair stride, Pads padding, Pair dilation) {
    run(dx, [&, s = shape_of(dx, grad, kernel, stride, padding, dilation)](auto zero) {
      using T = decltype(zero);
      return avg_pool2d_backward(s, in<T>(grad), count_padding, out<T>(dx)), true;
    });
  });
}

}  // namespace convstep
