// The kernels of the depthwise convolution: every lane is a channel, and no lane meets another.
//
// Assumes: as the tiles, that the arrays of vectors stay in registers: no address taken, loops over them unrolled.
#include "depthwise.hpp"

#include <type_traits>
#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::Index;

constexpr int block = registers == 32 ? 8 : 4;   // outputs of a run computed at a time: they share inputs and weights

// Loads and stores of n channels, whole vectors where `whole`.
template <bool whole, class T> INLINE Vec<T> get(const T* p, int n) {
  if constexpr (whole) return load(p);
  else return load_some(p, n);
}
template <bool whole, class T> INLINE void put(T* p, Vec<T> v, int n) {
  if constexpr (whole) store(p, v);
  else store_some(p, v, n);
}

// Calls step(c, n, whole) for each vector of channels.
template <class T, class Step> INLINE void for_each_vector(Index channels, Step step) {
  constexpr int L = lanes<T>;
  Index c = 0;
  for (; c + L <= channels; c += L) step(c, L, std::true_type());
  if (c < channels) step(c, int(channels - c), std::false_type());
}

template <class T, int K, int S> INLINE void run_block(const convstep::DepthwiseRun<T>& a, Index first) {
  for_each_vector<T>(a.channels, [&](Index c, int n, auto is_whole) {
    constexpr bool whole = decltype(is_whole)::value;
    const Vec<T> bias = get<whole>(a.bias + c, n);
    Vec<T> sum[block];
    UNROLL for (int p = 0; p < block; p++) sum[p] = bias;
    for (Index row = 0; row < a.rows; row++) {
      const T* in = a.in[row] + first * S * a.in_pixel + c;
      const T* weight = a.weight[row] + c;
      Vec<T> w[K];
      UNROLL for (int k = 0; k < K; k++) w[k] = get<whole>(weight + k * a.channels, n);
      UNROLL for (int i = 0; i < (block - 1) * S + K; i++) {
        const Vec<T> x = get<whole>(in, n);
        in += a.in_pixel;
        UNROLL for (int k = 0; k < K; k++)
          if (i >= k && (i - k) % S == 0 && (i - k) / S < block) sum[(i - k) / S] += x * w[k];
      }
    }
    T* out = a.out + first * a.out_pixel + c;
    UNROLL for (int p = 0; p < block; p++) put<whole>(out + p * a.out_pixel, activate<T>(sum[p], a.activation), n);
  });
}

template <class T, int K, int S> void run(const convstep::DepthwiseRun<T>& a) {
  for (Index p = 0; p < a.pixels; p += block) run_block<T, K, S>(a, p + block <= a.pixels ? p : a.pixels - block);
}

template <class T> void pixel(const convstep::DepthwisePixel<T>& a) {
  for_each_vector<T>(a.channels, [&](Index c, int n, auto is_whole) {
    constexpr bool whole = decltype(is_whole)::value;
    Vec<T> sum = get<whole>(a.bias + c, n);
    for (Index t = 0; t < a.taps; t++) sum += get<whole>(a.in[t] + c, n) * get<whole>(a.weight[t] + c, n);
    put<whole>(a.out + c, activate<T>(sum, a.activation), n);
  });
}

template <class T, int K, int S> void products(const convstep::DepthwiseProducts<T>& a) {
  constexpr int G = 4;                       // pixels at a time: they share inputs, and sums wait for nobody
  for_each_vector<T>(a.channels, [&](Index c, int n, auto is_whole) {
    constexpr bool whole = decltype(is_whole)::value;
    Vec<T> even[K], odd[K];
    UNROLL for (int k = 0; k < K; k++) even[k] = get<whole>(a.sum + k * a.channels + c, n), odd[k] = Vec<T>{};
    const T* in = a.in + c;
    const T* grad = a.grad + c;
    Index p = 0;
    for (; p + G <= a.pixels; p += G, in += G * S * a.in_pixel, grad += G * a.grad_pixel) {
      Vec<T> g[G];
      UNROLL for (int i = 0; i < G; i++) g[i] = get<whole>(grad + i * a.grad_pixel, n);
      UNROLL for (int i = 0; i < (G - 1) * S + K; i++) {
        const Vec<T> x = get<whole>(in + i * a.in_pixel, n);
        UNROLL for (int k = 0; k < K; k++)
          if (i >= k && (i - k) % S == 0 && (i - k) / S < G) {
            if ((i - k) / S % 2 == 0) even[k] += x * g[(i - k) / S];
            else odd[k] += x * g[(i - k) / S];
          }
      }
    }
    for (; p < a.pixels; p++, in += S * a.in_pixel, grad += a.grad_pixel) {
      const Vec<T> g = get<whole>(grad, n);
      UNROLL for (int k = 0; k < K; k++) even[k] += get<whole>(in + k * a.in_pixel, n) * g;
    }
    UNROLL for (int k = 0; k < K; k++) put<whole>(a.sum + k * a.channels + c, even[k] + odd[k], n);
  });
}

template <class T, int S, int... K> constexpr void fill(convstep::Depthwise<T>& table, std::integer_sequence<int, K...>) {
  ((table.run[S][K + 1] = run<T, K + 1, S>), ...);
  ((table.products[S][K + 1] = products<T, K + 1, S>), ...);
}

template <class T> constexpr convstep::Depthwise<T> make() {
  convstep::Depthwise<T> table{};
  constexpr auto widths = std::make_integer_sequence<int, convstep::depthwise_widest>();
  fill<T, 1>(table, widths);
  fill<T, 2>(table, widths);
  table.pixel = pixel<T>;
  table.least_pixels = block;
  return table;
}

constexpr convstep::Both<convstep::Depthwise> table{make<float>(), make<double>()};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Depthwise> depthwise;
const Both<Depthwise> depthwise = table;

}  // namespace convstep::CONVSTEP_TARGET
