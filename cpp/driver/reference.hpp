// Convolution and its gradients as they are defined: loops over every index, in long double.
#pragma once
#include <vector>
#include "../core/conv2d.hpp"

namespace reference {

using convstep::ConvShape;
using convstep::Index;
using Array = std::vector<long double>;

// Calls meet(output, input, weight) with the offsets of each product that the convolution adds.
template <class Meet> void for_each_product(const ConvShape& s, Meet meet) {
  const Index in = s.group_in(), out = s.group_out();
  for (Index n = 0; n < s.batch; n++)
    for (Index oh = 0; oh < s.out_h; oh++)
      for (Index ow = 0; ow < s.out_w; ow++)
        for (Index i = 0; i < s.kernel_h; i++)
          for (Index j = 0; j < s.kernel_w; j++) {
            const Index h = oh * s.stride_h - s.pad_top + i * s.dilation_h, w = ow * s.stride_w - s.pad_left + j * s.dilation_w;
            if (h < 0 || h >= s.in_h || w < 0 || w >= s.in_w) continue;
            for (Index o = 0; o < s.out_channels; o++)
              for (Index c = 0; c < in; c++)
                meet(((n * s.out_h + oh) * s.out_w + ow) * s.out_channels + o,
                     ((n * s.in_h + h) * s.in_w + w) * s.in_channels + o / out * in + c,
                     ((i * s.kernel_w + j) * in + c) * s.out_channels + o);
          }
}

// Each returns sums and, beside them, the sums of absolute values, by which errors are measured.
struct Sums {
  Array sum, scale;
  explicit Sums(Index n) : sum(std::size_t(n)), scale(std::size_t(n)) {}
  void add(Index at, long double product) {
    sum[std::size_t(at)] += product;
    scale[std::size_t(at)] += product < 0 ? -product : product;
  }
};

template <class T> Sums conv2d(const ConvShape& s, const T* x, const T* weight, const T* bias) {
  Sums y(s.pixels() * s.out_channels);
  if (bias)
    for (Index i = 0; i < s.pixels() * s.out_channels; i++) y.add(i, bias[i % s.out_channels]);
  for_each_product(s, [&](Index o, Index i, Index w) { y.add(o, (long double)x[i] * weight[w]); });
  return y;
}

template <class T> Sums input_grad(const ConvShape& s, const T* grad, const T* weight) {
  Sums dx(s.batch * s.in_h * s.in_w * s.in_channels);
  for_each_product(s, [&](Index o, Index i, Index w) { dx.add(i, (long double)grad[o] * weight[w]); });
  return dx;
}

template <class T> Sums weight_grad(const ConvShape& s, const T* grad, const T* x) {
  Sums dw(s.taps() * s.group_in() * s.out_channels);
  for_each_product(s, [&](Index o, Index i, Index w) { dw.add(w, (long double)grad[o] * x[i]); });
  return dw;
}

template <class T> Sums bias_grad(const ConvShape& s, const T* grad) {
  Sums db(s.out_channels);
  for (Index i = 0; i < s.pixels() * s.out_channels; i++) db.add(i % s.out_channels, grad[i]);
  return db;
}

}  // namespace reference
