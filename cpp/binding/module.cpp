// The Python face of the core: takes shapes and pointers, releases the GIL, calls.
//
// Assumes: the caller (convstep.ops.compiled) passes arrays of one dtype, float32 or float64, dense in C order, of shapes that
// fit; nothing is checked here, and results are written into arrays that it allocated.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <exception>
#include <thread>

#include "../core/conv2d.hpp"
#include "../core/targets.hpp"
#include "../core/threads.hpp"

namespace nb = nanobind;
using namespace convstep;

namespace {

using In = nb::ndarray<nb::ro, nb::device::cpu>;
using Out = nb::ndarray<nb::device::cpu>;
using Pair = std::pair<Index, Index>;

template <class T> const T* in(const In& a) { return static_cast<const T*>(a.data()); }
template <class T> T* out(const Out& a) { return static_cast<T*>(a.data()); }

// Takes the GIL again. If the interpreter has ended meanwhile, Python unwinds the thread (pthread_exit); nanobind's frames would
// turn that into std::terminate, so a thread that has nowhere to return to sleeps instead, until the process is gone.
void take_gil(PyThreadState* state) {
  try {
    PyEval_RestoreThread(state);
  } catch (...) {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }
}

// Returns body(T{}), run without the GIL, T being the result's dtype.
template <class Body> bool run(const Out& result, Body body) {
  const bool single = result.dtype() == nb::dtype<float>();
  bool done = false;
  std::exception_ptr error;
  PyThreadState* const state = PyEval_SaveThread();
  try {
    done = single ? body(float{}) : body(double{});
  } catch (...) {
    error = std::current_exception();
  }
  take_gil(state);
  if (error) std::rethrow_exception(error);
  return done;
}

template <class X, class Weight, class Y>
ConvShape shape_of(const X& x, const Weight& weight, const Y& y, Pair stride, Pair padding, Pair dilation, Index groups) {
  const auto size = [](const auto& a, std::size_t axis) { return Index(a.shape(axis)); };
  return {size(x, 0), size(x, 1), size(x, 2), size(x, 3), size(weight, 0), size(weight, 1), size(y, 1), size(y, 2), size(y, 3),
          stride.first, stride.second, padding.first, padding.second, dilation.first, dilation.second, groups};
}

Activation activation_named(const std::string& name) {
  return name == "relu" ? Activation::relu : name == "leaky_relu" ? Activation::leaky_relu : Activation::none;
}

std::vector<std::string> targets() {
  std::vector<std::string> names;
  for (const Target* target : runnable_targets()) names.push_back(target->name);
  return names;
}

}  // namespace

NB_MODULE(_kernels, m) {
  m.def("conv2d", [](In x, In weight, std::optional<In> bias, std::string activation, Out y, Pair stride, Pair padding,
                     Pair dilation, Index groups) {
    const ConvShape shape = shape_of(x, weight, y, stride, padding, dilation, groups);
    return run(y, [&](auto zero) {
      using T = decltype(zero);
      return conv2d(shape, in<T>(x), in<T>(weight), bias ? in<T>(*bias) : nullptr, activation_named(activation), out<T>(y));
    });
  }, nb::arg("x"), nb::arg("weight"), nb::arg("bias").none(), nb::arg("activation"), nb::arg("y"), nb::arg("stride"),
     nb::arg("padding"), nb::arg("dilation"), nb::arg("groups"));
  m.def("conv2d_input_grad", [](In grad, In weight, Out dx, Pair stride, Pair padding, Pair dilation, Index groups) {
    const ConvShape shape = shape_of(dx, weight, grad, stride, padding, dilation, groups);
    return run(dx, [&](auto zero) {
      using T = decltype(zero);
      return conv2d_input_grad(shape, in<T>(grad), in<T>(weight), out<T>(dx));
    });
  });
  m.def("conv2d_weight_grad", [](In grad, In x, Out dweight, Pair stride, Pair padding, Pair dilation, Index groups) {
    const ConvShape shape = shape_of(x, dweight, grad, stride, padding, dilation, groups);
    return run(dweight, [&](auto zero) {
      using T = decltype(zero);
      return conv2d_weight_grad(shape, in<T>(grad), in<T>(x), out<T>(dweight));
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
  m.def("targets", &targets, "Names of the instruction sets that can run here, best first.");
  m.def("target", [] { return std::string(current_target().name); });
  m.def("select_target", &select_target, "False where that target cannot run.");
  m.def("num_threads", &num_threads);
  m.def("set_num_threads", &set_num_threads);
}
