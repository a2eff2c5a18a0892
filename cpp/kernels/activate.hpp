// Rectifiers on vectors: the value, and the gradient by the value.
//
// Assumes: included by kernels alone.
#pragma once
#include "common.hpp"
#include "vec.hpp"

namespace {

template <class T> INLINE Vec<T> activate(Vec<T> x, convstep::Activation activation) {   // NaN stays NaN
  switch (activation) {
    case convstep::Activation::relu: return x < Vec<T>{} ? Vec<T>{} : x;
    case convstep::Activation::leaky_relu: return x < Vec<T>{} ? x * T(0.01) : x;
    case convstep::Activation::relu6: {
      const Vec<T> least = x < Vec<T>{} ? Vec<T>{} : x, six = splat(T(6));
      return least > six ? six : least;
    }
    default: return x;
  }
}

// Where y is NaN, nothing passes; a gradient that does not pass may be infinite or NaN itself.
template <class T> INLINE Vec<T> activate_backward(Vec<T> grad, Vec<T> y, convstep::Activation activation) {
  switch (activation) {
    case convstep::Activation::relu: return y > Vec<T>{} ? grad : Vec<T>{};
    case convstep::Activation::leaky_relu: return y > Vec<T>{} ? grad : grad * T(0.01);
    case convstep::Activation::relu6: return ((y > Vec<T>{}) & (y < splat(T(6)))) ? grad : Vec<T>{};
    default: return grad;
  }
}

}  // namespace
