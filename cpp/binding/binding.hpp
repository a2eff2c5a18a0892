// What the parts of the Python face share: arrays as pointers, windows as numbers, and calls without the GIL.
//
// Assumes: the caller (convstep.ops.compiled) passes arrays of one dtype, float32 or float64, of shapes that fit; nothing is checked
// here. Operands may lie anyhow in memory. Results are written into fresh arrays that it allocated.
//
// Arrays come as plain objects and are read through the buffer protocol: of what a call on a tiny array costs, conversions by
// nanobind would be a good part.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <exception>
#include <optional>
#include <string_view>
#include <thread>

#include "../kernels/kernels.hpp"

namespace nb = nanobind;
namespace convstep {

// An array's memory and shape, for as long as the object lives.
class Array {
 public:
  ~Array() { PyBuffer_Release(&view_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;

  Index size(int axis) const { return view_.shape[axis]; }
  Index last() const { return size(view_.ndim - 1); }
  Index elements() const { return view_.len / view_.itemsize; }
  bool single() const { return view_.itemsize == sizeof(float); }

 protected:
  Array() = default;
  bool view(nb::handle array, int access) {   // false, with a Python error, if it is not aligned and in C order
    if (PyObject_GetBuffer(array.ptr(), &view_, PyBUF_ND | access) != 0) return false;
    if (reinterpret_cast<std::uintptr_t>(view_.buf) % std::uintptr_t(view_.itemsize) == 0) return true;
    PyBuffer_Release(&view_);
    PyErr_SetString(PyExc_BufferError, "not aligned");
    return false;
  }
  Py_buffer view_{};
};

// An operand, or null for None; where it is not aligned and in C order, a copy.
class In : public Array {
 public:
  explicit In(nb::handle array) {
    if (array.is_none() || view(array, PyBUF_SIMPLE)) return;
    PyErr_Clear();
    copy_ = array.attr("copy")("C");
    if (!view(copy_, PyBUF_SIMPLE)) nb::raise_python_error();
  }
  template <class T> const T* as() const { return static_cast<const T*>(view_.buf); }

 private:
  nb::object copy_;
};

// A result.
class Out : public Array {
 public:
  explicit Out(nb::handle array) {
    if (!view(array, PyBUF_WRITABLE)) nb::raise_python_error();
  }
  template <class T> T* as() const { return static_cast<T*>(view_.buf); }
};

// convstep.ops.geometry.Window.
struct Window {
  struct Pair {
    Index first, second;
  };
  Pair size, kernel, stride, rows, columns, dilation, out;   // rows, columns: of padding, before and after

  explicit Window(nb::handle window) {
    const auto field = [](PyObject* tuple, int i) { return PyTuple_GetItem(tuple, i); };
    const auto pair = [&](PyObject* tuple) { return Pair{PyLong_AsSsize_t(field(tuple, 0)), PyLong_AsSsize_t(field(tuple, 1))}; };
    PyObject* const all = window.ptr();
    size = pair(field(all, 0)), kernel = pair(field(all, 1)), stride = pair(field(all, 2));
    rows = pair(field(field(all, 3), 0)), columns = pair(field(field(all, 3), 1));
    dilation = pair(field(all, 4)), out = pair(field(all, 5));
  }
};

// Takes the GIL again. If the interpreter has ended meanwhile, Python unwinds the thread (pthread_exit); nanobind's frames would
// turn that into std::terminate, so a thread that has nowhere to return to sleeps instead, until the process is gone.
inline void take_gil(PyThreadState* state) {
  try {
    PyEval_RestoreThread(state);
  } catch (...) {
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }
}

// Runs body(T{}) without the GIL, T being the result's dtype.
template <class Body> void run(const Out& result, Body body) {
  const bool single = result.single();
  std::exception_ptr error;
  PyThreadState* const state = PyEval_SaveThread();
  try {
    single ? body(float{}) : body(double{});
  } catch (...) {
    error = std::current_exception();
  }
  take_gil(state);
  if (error) std::rethrow_exception(error);
}

inline Activation activation_of(std::string_view name) {
  return name == "relu" ? Activation::relu : name == "leaky_relu" ? Activation::leaky_relu : name == "relu6" ? Activation::relu6 :
         Activation::none;
}

// Each part adds its functions to the module.
void bind_convolution(nb::module_& m);
void bind_elementwise(nb::module_& m);
void bind_memory(nb::module_& m);
void bind_norm(nb::module_& m);
void bind_pooling(nb::module_& m);

}  // namespace convstep

// Arguments of these types are made of their objects when the function is called: there they may throw.
namespace nanobind::detail {
template <class T> struct made_of_object {
  static constexpr auto Name = const_name("object");
  template <class> using Cast = const T&;
  template <class> static constexpr bool can_cast() { return true; }
  bool from_python(handle given, std::uint32_t, cleanup_list*) noexcept { return object = given, true; }
  operator const T&() { return made.emplace(object); }

  handle object;
  std::optional<T> made;
};
template <> struct type_caster<convstep::In> : made_of_object<convstep::In> {};
template <> struct type_caster<convstep::Out> : made_of_object<convstep::Out> {};
template <> struct type_caster<convstep::Window> : made_of_object<convstep::Window> {};
}  // namespace nanobind::detail
