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

// y gathers x: one phase; the input moves by the stride from one output pixel to the next.
Gather forward_gather(const ConvShape& s) {
  Gather g{};
  g.batch = s.batch, g.groups = s.groups;
  g.depth = s.group_in(), g.channels = s.group_out();
  g.in_h = s.in_h, g.in_w = s.in_w;
  g.in_pixel = s.in_channels, g.in_row = s.in_w * g.in_pixel, g.in_image = s.in_h * g.in_row;
  g.out_pixel = s.out_channels, g.out_row = s.out_w * g.out_pixel, g.out_image = s.out_h * g.out_row;
  g.stride_h = s.stride_h, g.stride_w = s.stride_w;
  g.weight_group = s.group_out(), g.weight_depth = s.out_channels, g.weight_channel = 1;
  for (Index i = 0; i < s.kernel_h; i++)
    for (Index j = 0; j < s.kernel_w; j++)
      g.taps.push_back({i * s.dilation_h - s.pad_top, j * s.dilation_w - s.pad_left,
                        (i * s.kernel_w + j) * s.group_in() * s.out_channels});
  g.phases.push_back({s.out_h, s.out_w, 0, 0, s.taps()});
  g.multiply_adds = s.multiply_adds();
  return g;
}

// dx gathers grad. Pixel h of dx lies under output oh at tap i where oh * stride = h + pad - i * dilation. The pixels with one
// remainder of h by the stride, a phase, share the taps that divide; along a phase, oh moves by one from pixel to pixel.
Gather input_grad_gather(const ConvShape& s) {
  Gather g{};
  g.batch = s.batch, g.groups = s.groups;
  g.depth = s.group_out(), g.channels = s.group_in();
  g.in_h = s.out_h, g.in_w = s.out_w;
  g.in_pixel = s.out_channels, g.in_row = s.out_w * g.in_pixel, g.in_image = s.out_h * g.in_row;
  const Index pixel = s.in_channels, row = s.in_w * pixel;
  g.out_pixel = s.stride_w * pixel, g.out_row = s.stride_h * row, g.out_image = s.in_h * row;
  g.stride_h = g.stride_w = 1;
  g.weight_group = s.group_out(), g.weight_depth = 1, g.weight_channel = s.out_channels;
  for (Index h = 0; h < std::min(s.stride_h, s.in_h); h++)
    for (Index w = 0; w < std::min(s.stride_w, s.in_w); w++) {
      const Index first_tap = Index(g.taps.size());
      for (Index i = 0; i < s.kernel_h; i++)
        for (Index j = 0; j < s.kernel_w; j++) {
          const Index over_h = h + s.pad_top - i * s.dilation_h, over_w = w + s.pad_left - j * s.dilation_w;
          if (over_h % s.stride_h == 0 && over_w % s.stride_w == 0)
            g.taps.push_back({over_h / s.stride_h, over_w / s.stride_w,
                              (i * s.kernel_w + j) * s.group_in() * s.out_channels});
        }
      g.phases.push_back({(s.in_h - h + s.stride_h - 1) / s.stride_h, (s.in_w - w + s.stride_w - 1) / s.stride_w,
                          h * row + w * pixel, first_tap, Index(g.taps.size())});
    }
  g.multiply_adds = s.multiply_adds();
  return g;
}

}  // namespace

template <class T>
bool conv2d(const ConvShape& shape, const T* x, const T* weight, const T* bias, Activation activation, T* y) {
  switch (choose<T>(Pass::forward, shape)) {
    case Algorithm::banded:
      if (banded_conv2d(shape, x, weight, bias, activation, y)) return true;
      break;
    case Algorithm::winograd:
      if (winograd_conv2d(shape, x, weight, bias, activation, y)) return true;
      break;
    case Algorithm::grouped: return grouped_conv2d(shape, x, weight, bias, activation, y), true;
    case Algorithm::planar: return planar_conv2d(shape, x, weight, bias, activation, y);
    case Algorithm::dense: return dense_forward(shape, x, weight, bias, activation, y), true;
    case Algorithm::direct: break;
  }
  return run_gather(forward_gather(shape), x, weight, bias, activation, y);
}

template <class T> bool conv2d_input_grad(const ConvShape& shape, const T* grad, const T* weight, T* dx) {
  switch (choose<T>(Pass::input_grad, shape)) {
    case Algorithm::banded:
      if (banded_input_grad(shape, grad, weight, dx)) return true;
      break;
    case Algorithm::winograd:
      if (winograd_input_grad(shape, grad, weight, dx)) return true;
      break;
    case Algorithm::grouped: return grouped_input_grad(shape, grad, weight, dx), true;
    case Algorithm::planar: return planar_input_grad(shape, grad, weight, dx);
    case Algorithm::dense: return dense_input_grad(shape, grad, weight, dx), true;
    case Algorithm::direct: break;
  }
  return run_gather<T>(input_grad_gather(shape), grad, weight, nullptr, Activation::none, dx);
}

template <class T> bool conv2d_weight_grad(const ConvShape& shape, const T* grad, const T* x, T* dweight) {
  switch (choose<T>(Pass::weight_grad, shape)) {
    case Algorithm::banded:
      if (banded_weight_grad(shape, grad, x, dweight)) return true;
      break;
    case Algorithm::winograd:
      if (winograd_weight_grad(shape, grad, x, dweight)) return true;
      break;
    case Algorithm::grouped: return grouped_weight_grad(shape, grad, x, dweight), true;
    case Algorithm::planar:
    case Algorithm::dense:
    case Algorithm::direct: break;
  }
  return direct_weight_grad(shape, grad, x, dweight);
}

template bool conv2d(const ConvShape&, const float*, const float*, const float*, Activation, float*);
template bool conv2d(const ConvShape&, const double*, const double*, const double*, Activation, double*);
template bool conv2d_input_grad(const ConvShape&, const float*, const float*, float*);
template bool conv2d_input_grad(const ConvShape&, const double*, const double*, double*);
template bool conv2d_weight_grad(const ConvShape&, const float*, const float*, float*);
template bool conv2d_weight_grad(const ConvShape&, const double*, const double*, double*);

}  // namespace convstep
