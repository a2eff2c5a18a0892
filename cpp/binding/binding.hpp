// What the parts of the Python face share: arrays as pointers, and calls without the GIL.
//
// Assumes: the caller (convstep.ops.compiled) passes arrays of one dtype, float32 or float64, dense in C order, of shapes that
// fit; nothing is checked here, and results are written into arrays that it allocated.
#pragma once
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

namespace nb = nanobind;
namespace convstep {

using In = nb::ndarray<nb::ro, nb::device::cpu>;
using Out = nb::ndarray<nb::device::cpu>;
using Pair = std::pair<Index, Index>;

template <class T> const T* in(const In& a) { return static_cast<const T*>(a.data()); }
template <class T> T* out(const Out& a) { return static_cast<T*>(a.data()); }

// Takes the GIL again. If the interpreter has ended meanwhile, Python unwinds the thread (pthread_exit); nanobind's frames would
// turn that into std::terminate, so a thread that has nowhere to return to sleeps instead, until the process is gone.
inline void take_gil(PyThreadState* state) {
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

inline Activation activation_named(const std::string& name) {
  return name == "relu" ? Activation::relu : name == "leaky_relu" ? Activation::leaky_relu : Activation::none;
}

// Each part adds its functions to the module.
void bind_convolution(nb::module_& m);
void bind_pooling(nb::module_& m);

}  // namespace convstep
