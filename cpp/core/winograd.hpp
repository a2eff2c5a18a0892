// The Winograd convolution F(4x4, 3x3): for 3x3 filters at stride 1, in 36 products for 16 outputs where the sum takes 144.
//
// Patches of 6x6 pixels, four apart, are transformed, and so are the filters; then each of the 36 points is a product of
// matrices, tiles x depth times depth x channels; its result is transformed back to 4x4 outputs. See docs/kernels.md.
//
// Rounds about twice as much as the direct sum: for `fast` precision alone. All return false, the result undefined, where a
// number in it is not finite: an infinity or a NaN would spread over its tile, and a large number may overflow in it.
//
// Memory beyond the arrays: docs/kernels.md.
#pragma once
#include "conv2d.hpp"

namespace convstep {

bool winograd_fits(const ConvShape&);

template <class T>
[[nodiscard]] bool winograd_conv2d(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);
template <class T> [[nodiscard]] bool winograd_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);
template <class T> [[nodiscard]] bool winograd_weight_grad(const ConvShape&, const T* grad, const T* x, T* dweight);

// Times, in multiply-adds of a vector (algorithm.cpp).
template <class T> double winograd_cost(const ConvShape&, bool input_grad);
template <class T> double winograd_weight_grad_cost(const ConvShape&);

}  // namespace convstep
