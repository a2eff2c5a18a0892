// The planar convolution, for few channels of the result: the lanes are pixels.
//
// A few rows of one image are turned into planes, one for each channel, with the padding's zeros around them. In a plane, what
// tap (t, j) reads for pixel p, counted through the rows, lies at p + t * row + j: rows need no loop of their own, and what is
// computed between them, under windows that go around the end of a row, is dropped. Then the planes move on: rows that are read
// again are kept.
//
// Assumes: one group, no dilation, stride 1, at most `most_planes` channels of the result. Memory: for each thread planes of
// `planes_bytes`, or of the rows that one row of results reads, and its results.
#pragma once
#include "algorithm.hpp"
#include "conv2d.hpp"

namespace convstep {

template <class T> double planar_cost(Pass pass, const ConvShape&);

// They return false, the result unwritten, if a weight is not finite.
template <class T> [[nodiscard]] bool planar_conv2d(const ConvShape&, const T* x, const T* weight, const T* bias, Activation, T* y);
template <class T> [[nodiscard]] bool planar_input_grad(const ConvShape&, const T* grad, const T* weight, T* dx);

}  // namespace convstep
