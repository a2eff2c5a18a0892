// The kernels of depthwise and grouped convolutions: every lane is a channel, and no lane meets another.
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

// Asks for what comes in two blocks: the pixels beside the outputs, and the inputs that no row before has read. So many short
// runs of memory are beyond what processors foresee.
template <int K, int S, class T>
INLINE void prefetch(const T* const* rows, Index n_rows, Index c, Index in_pixel, const T* out, Index out_pixel, Index first, int to_write) {
  const Index next = first + 2 * block;
  for (Index row = n_rows < S ? 0 : n_rows - S; row < n_rows; row++)
    UNROLL for (int i = 0; i < block * S; i++) __builtin_prefetch(rows[row] + c + (next * S + K - S + i) * in_pixel);
  UNROLL for (int p = 0; p < block; p++)
    if (to_write) __builtin_prefetch(out + (next + p) * out_pixel, 1);
    else __builtin_prefetch(out + (next + p) * out_pixel);
}

template <class T, int K, int S> INLINE void run_block(const convstep::DepthwiseRun<T>& a, Index first) {
  for_each_vector<T>(a.channels, [&](Index c, int n, auto is_whole) {
    constexpr bool whole = decltype(is_whole)::value;
    prefetch<K, S>(a.in, a.rows, c, a.in_pixel, a.out + c, a.out_pixel, first, 1);
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
    Vec<T> sum[4] = {get<whole>(a.bias + c, n)};   // four, which need not wait for one another
    Index t = 0;
    for (; t + 4 <= a.taps; t += 4)
      UNROLL for (int i = 0; i < 4; i++) sum[i] += get<whole>(a.in[t + i] + c, n) * get<whole>(a.weight[t + i] + c, n);
    for (; t < a.taps; t++) sum[0] += get<whole>(a.in[t] + c, n) * get<whole>(a.weight[t] + c, n);
    put<whole>(a.out + c, activate<T>((sum[0] + sum[1]) + (sum[2] + sum[3]), a.activation), n);
  });
}

// P pixels from `first` on.
template <class T, int K, int S, int P> INLINE void add_products(const convstep::DepthwiseProducts<T>& a, Index first) {
  for_each_vector<T>(a.channels, [&](Index c, int n, auto is_whole) {
    constexpr bool whole = decltype(is_whole)::value;
    prefetch<K, S>(a.in, a.rows, c, a.in_pixel, a.grad + c, a.grad_pixel, first, 0);
    Vec<T> grad[P];
    UNROLL for (int p = 0; p < P; p++) grad[p] = get<whole>(a.grad + (first + p) * a.grad_pixel + c, n);
    for (Index row = 0; row < a.rows; row++) {
      const T* in = a.in[row] + first * S * a.in_pixel + c;
      T* const to = a.sum[row] + c;
      Vec<T> sum[K];
      UNROLL for (int k = 0; k < K; k++) sum[k] = get<whole>(to + k * a.channels, n);
      UNROLL for (int i = 0; i < (P - 1) * S + K; i++) {
        const Vec<T> x = get<whole>(in, n);
        in += a.in_pixel;
        UNROLL for (int k = 0; k < K; k++)
          if (i >= k && (i - k) % S == 0 && (i - k) / S < P) sum[k] += x * grad[(i - k) / S];
      }
      UNROLL for (int k = 0; k < K; k++) put<whole>(to + k * a.channels, sum[k], n);
    }
  });
}

template <class T, int K, int S> void products(const convstep::DepthwiseProducts<T>& a) {
  Index p = 0;
  for (; p + block <= a.pixels; p += block) add_products<T, K, S, block>(a, p);
  for (; p < a.pixels; p++) add_products<T, K, S, 1>(a, p);
}

// Lanes of x in another order: result[i] = x[order[i]].
#if defined(__AVX512F__)
template <class T> using Order = __m512i;
INLINE Vec<float> permute(Vec<float> x, __m512i order) { return _mm512_permutexvar_ps(order, x); }
INLINE Vec<double> permute(Vec<double> x, __m512i order) { return _mm512_permutexvar_pd(order, x); }
template <class T> INLINE __m512i order_of(const Index* source) {
  alignas(64) std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t> order[lanes<T>];
  for (int i = 0; i < lanes<T>; i++) order[i] = decltype(order[0] + 0)(source[i] - source[0]);
  return _mm512_load_si512(order);
}
#elif defined(__AVX2__)
template <class T> using Order = __m256i;
INLINE Vec<float> permute(Vec<float> x, __m256i order) { return _mm256_permutevar8x32_ps(x, order); }
INLINE Vec<double> permute(Vec<double> x, __m256i order) {
  return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(x), order));
}
template <class T> INLINE __m256i order_of(const Index* source) {
  alignas(32) std::int32_t order[8];             // of floats: a double is two
  for (int i = 0; i < 8; i++)
    order[i] = sizeof(T) == 4 ? std::int32_t(source[i] - source[0]) : std::int32_t(2 * (source[i / 2] - source[0]) + i % 2);
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(order));
}
#endif

// A vector of channels comes out of one vector of the input, or number by number where they lie too far apart.
template <class T> void spread(const convstep::DepthwiseSpread<T>& args) {
  constexpr int L = lanes<T>;
  const convstep::DepthwiseSpread<T> a = args;   // a copy that no store can change
  for (Index c = 0; c < a.channels; c += L) {
    const int n = a.channels - c < L ? int(a.channels - c) : L;
    const Index* const source = a.source + c;
#if defined(__AVX512F__) || defined(__AVX2__)
    if (n == L && source[L - 1] - source[0] < L) {
      const Order<T> order = order_of<T>(source);
      for (Index k = 0; k < a.depth; k++) {
        const T* const in = a.in + source[0] + k;
        T* const out = a.out + k * a.pixels * a.channels + c;
        const Index there = a.in_pixel - source[0] - k;
        if (there >= L)
          for (Index p = 0; p < a.pixels; p++) store(out + p * a.channels, permute(load(in + p * a.in_pixel), order));
        else
          for (Index p = 0; p < a.pixels; p++) store(out + p * a.channels, permute(load_some(in + p * a.in_pixel, int(there)), order));
      }
      continue;
    }
#endif
    for (Index k = 0; k < a.depth; k++)
      for (Index p = 0; p < a.pixels; p++)
        for (int i = 0; i < n; i++) a.out[(k * a.pixels + p) * a.channels + c + i] = a.in[p * a.in_pixel + source[i] + k];
  }
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
  table.spread = spread<T>;
  table.least_pixels = block;
  return table;
}

constexpr convstep::Both<convstep::Depthwise> table{make<float>(), make<double>()};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Depthwise> depthwise;
const Both<Depthwise> depthwise = table;

}  // namespace convstep::CONVSTEP_TARGET
