// A convolution or gradient on the algorithm that is chosen for it, and on the direct one where that says no; the direct ones as
// gathers.
//
// Assumes: what conv2d.hpp says.
#include "conv2d.hpp"

#include <algorithm>
#include "algorithm.hpp"
#include "banded.hpp"
#include "dense.hpp"
#include "gather.hpp"
#include "grouped.hpp"
#include "planar.hpp"
#include "weight_grad.hpp"
#include "winograd.hpp"

namespace convstep {
namespace {

// A kernel as large as the images, without padding, makes a dense layer: one pixel of all channels for each image.
ConvShape simplified(const ConvShape& s) {
  const bool whole = s.groups == 1 && s.out_h == 1 && s.out_w == 1 && s.kernel_h == s.in_h && s.kernel_w == s.in_w && s.pad_top == 0 &&
                     s.pad_left == 0 && s.dilation_h == 1 && s.dilation_w == 1;
  if (!whole) return s;
  return {s.batch, 1, 1, s.taps() * s.in_channels, 1, 1, 1, 1, s.out_channels, 1, 1, 0, 0, 1, 1, 1};
}

// y gathers x: one grid.
Gather forward_gather(const ConvShape& s) {
  Gather g{};
  g.batch = s.batch, g.groups = s.groups;
  g.depth = s.group_in(), g.channels = s.group_out();
  g.in_pixel = s.in_channels, g.in_row = s.in_w * g.in_pixel, g.in_image = s.in_h * g.in_row;
  g.out_pixel = s.out_channels, g.out_row = s.out_w * g.out_pixel, g.out_image = s.out_h * g.out_row;
  g.weight_group = s.group_out(), g.weight_depth = s.out_channels, g.weight_channel = 1;
  for (Index tap = 0; tap < s.taps(); tap++) g.weights.push_back(tap * s.group_in() * s.out_channels);
  const auto [h, w] = forward_axes(s);
  g.grids.push_back({h, w, 0, 0});
  return g;
}

// dx gathers grad. Pixel h of dx lies under output oh at place i where oh * stride = h + pad - i * dilation. The pixels with one
// remainder of h by the stride, a grid, share the places that divide; along a grid, oh moves by one from pixel to pixel.
Gather input_grad_gather(const ConvShape& s) {
  Gather g{};
  g.batch = s.batch, g.groups = s.groups;
  g.depth = s.group_out(), g.channels = s.group_in();
  g.in_pixel = s.out_channels, g.in_row = s.out_w * g.in_pixel, g.in_image = s.out_h * g.in_row;
  const Index pixel = s.in_channels, row = s.in_w * pixel;
  g.out_pixel = s.stride_w * pixel, g.out_row = s.stride_h * row, g.out_image = s.in_h * row;
  g.weight_group = s.group_out(), g.weight_depth = 1, g.weight_channel = s.out_channels;
  for (Index i = 0; i < std::min(s.stride_h, s.in_h); i++)
    for (Index j = 0; j < std::min(s.stride_w, s.in_w); j++) {
      const auto [h, w] = backward_axes(s, i, j);
      g.grids.push_back({h, w, i * row + j * pixel, Index(g.weights.size())});
      for (Index k = 0; k < h.count; k++)
        for (Index l = 0; l < w.count; l++)
          g.weights.push_back(((h.place + k * h.place_step) * s.kernel_w + w.place + l * w.place_step) * s.group_in() * s.out_channels);
    }
  return g;
}

}  // namespace

template <class T>
void conv2d(const ConvShape& given, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  const ConvShape shape = simplified(given);
  switch (choose<T>(Pass::forward, shape)) {
    case Algorithm::banded:
      if (banded_conv2d(shape, x, weight, bias, activation, y)) return;
      break;
    case Algorithm::winograd:
      if (winograd_conv2d(shape, x, weight, bias, activation, y)) return;
      break;
    case Algorithm::planar:
      if (planar_conv2d(shape, x, weight, bias, activation, y)) return;
      break;
    case Algorithm::grouped: return grouped_conv2d(shape, x, weight, bias, activation, y);
    case Algorithm::dense: return dense_forward(shape, x, weight, bias, activation, y);
    case Algorithm::direct: break;
  }
  run_gather(forward_gather(shape), x, weight, bias, activation, y);
}

template <class T> void conv2d_input_grad(const ConvShape& given, const T* grad, const T* weight, T* dx) {
  const ConvShape shape = simplified(given);
  switch (choose<T>(Pass::input_grad, shape)) {
    case Algorithm::banded:
      if (banded_input_grad(shape, grad, weight, dx)) return;
      break;
    case Algorithm::winograd:
      if (winograd_input_grad(shape, grad, weight, dx)) return;
      break;
    case Algorithm::planar:
      if (planar_input_grad(shape, grad, weight, dx)) return;
      break;
    case Algorithm::grouped: return grouped_input_grad(shape, grad, weight, dx);
    case Algorithm::dense: return dense_input_grad(shape, grad, weight, dx);
    case Algorithm::direct: break;
  }
  run_gather<T>(input_grad_gather(shape), grad, weight, nullptr, Activation::none, dx);
}

template <class T> void conv2d_weight_grad(const ConvShape& given, const T* grad, const T* x, T* dweight) {
  const ConvShape shape = simplified(given);
  switch (choose<T>(Pass::weight_grad, shape)) {
    case Algorithm::banded:
      if (banded_weight_grad(shape, grad, x, dweight)) return;
      break;
    case Algorithm::winograd:
      if (winograd_weight_grad(shape, grad, x, dweight)) return;
      break;
    case Algorithm::grouped: return grouped_weight_grad(shape, grad, x, dweight);
    case Algorithm::planar:
    case Algorithm::dense:
    case Algorithm::direct: break;
  }
  direct_weight_grad(shape, grad, x, dweight);
}

template void conv2d(const ConvShape&, const float*, const float*, const float*, Activation, float*);
template void conv2d(const ConvShape&, const double*, const double*, const double*, Activation, double*);
template void conv2d_input_grad(const ConvShape&, const float*, const float*, float*);
template void conv2d_input_grad(const ConvShape&, const double*, const double*, double*);
template void conv2d_weight_grad(const ConvShape&, const float*, const float*, float*);
template void conv2d_weight_grad(const ConvShape&, const double*, const double*, double*);

}  // namespace convstep
