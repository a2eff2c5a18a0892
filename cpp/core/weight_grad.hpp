// The weight gradient by direct summation, for every shape.
#pragma once
#include "conv2d.hpp"

namespace convstep {

template <class T> void direct_weight_grad(const ConvShape&, const T* grad, const T* x, T* dweight);

}  // namespace convstep
