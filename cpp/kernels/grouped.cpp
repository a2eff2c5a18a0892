// The kernels of depthwise and grouped convolutions: every lane is an output channel, and no lane meets another.
//
// Assumes: as the tiles, that the arrays of vectors stay in registers: no address taken, loops over them unrolled.
#include "grouped.hpp"

#include <type_traits>
#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::Index;
using convstep::LaneVector;

constexpr int block = registers == 32 ? 8 : 4;   // outputs of a run computed at a time: they share inputs and weights

// How the lanes of a vector get their inputs: a whole vector as it lies or a part of one, each as it is or with its lanes put in
// order.
enum class Reading { whole, part, ordered, ordered_part };
constexpr bool is_ordered(Reading reading) { return reading == Reading::ordered || reading == Reading::ordered_part; }

// The order of the lanes for depth k, of vectors that are loaded at whole vectors of depths: result[i] = x[order[i] + k % lanes].
#if defined(__AVX512F__)
struct Order {
  __m512i of_floats, of_doubles;
  explicit Order(const std::int32_t* order)
      : of_floats(_mm512_loadu_si512(order)), of_doubles(_mm512_cvtepi32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(order)))) {}
};
INLINE Vec<float> permute(Vec<float> x, const Order& order, Index k) {
  return _mm512_permutexvar_ps(_mm512_add_epi32(order.of_floats, _mm512_set1_epi32(int(k % lanes<float>))), x);
}
INLINE Vec<double> permute(Vec<double> x, const Order& order, Index k) {
  return _mm512_permutexvar_pd(_mm512_add_epi64(order.of_doubles, _mm512_set1_epi64(k % lanes<double>)), x);
}
#elif defined(__AVX2__)
struct Order {
  __m256i of_floats, of_doubles;               // a double is two floats
  explicit Order(const std::int32_t* order) : of_floats(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(order))) {
    const __m256i first = _mm256_slli_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(of_floats)), 1);
    of_doubles = _mm256_or_si256(first, _mm256_slli_epi64(_mm256_add_epi64(first, _mm256_set1_epi64x(1)), 32));
  }
};
INLINE Vec<float> permute(Vec<float> x, const Order& order, Index k) {
  return _mm256_permutevar8x32_ps(x, _mm256_add_epi32(order.of_floats, _mm256_set1_epi32(int(k % lanes<float>))));
}
INLINE Vec<double> permute(Vec<double> x, const Order& order, Index k) {
  const __m256i floats = _mm256_add_epi32(order.of_doubles, _mm256_set1_epi32(2 * int(k % lanes<double>)));
  return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(x), floats));
}
#else
using Order = const std::int32_t*;
#endif

// What the lanes read at depth k. p lies at a whole vector of depths; n numbers from there on may be read.
template <Reading reading, class T> INLINE Vec<T> read(const T* p, int n, [[maybe_unused]] const Order& order, [[maybe_unused]] Index k) {
  if constexpr (reading == Reading::whole) return load(p);
  if constexpr (reading == Reading::part) return load_some(p, n);
#if defined(__AVX512F__) || defined(__AVX2__)
  return permute(reading == Reading::ordered ? load(p) : load_some(p, n), order, k);
#else
  Vec<T> x;
  for (int i = 0; i < lanes<T>; i++) x[i] = p[order[i] + k % lanes<T>];
  return x;
#endif
}

// Where the vector begins that holds depth k.
template <class T> INLINE Index start(Index k) { return k / lanes<T> * lanes<T>; }
template <class T> INLINE int readable(const LaneVector& vector, Index k) {
  const Index there = vector.there - start<T>(k);
  return there < lanes<T> ? int(there) : lanes<T>;
}

// Calls step(vector, number of the vector, reading).
template <class T, class Args, class Step> INLINE void for_each_vector(const Args& a, Step step) {
  for (Index v = 0; v < a.vectors; v++) {
    const LaneVector& vector = a.vector[v];
    const bool whole = readable<T>(vector, a.depth - 1) == lanes<T>;
    if (!vector.order) {
      if (whole && vector.lanes == lanes<T>) step(vector, v, std::integral_constant<Reading, Reading::whole>());
      else step(vector, v, std::integral_constant<Reading, Reading::part>());
    } else {
      if (whole) step(vector, v, std::integral_constant<Reading, Reading::ordered>());
      else step(vector, v, std::integral_constant<Reading, Reading::ordered_part>());
    }
  }
}

constexpr std::int32_t no_order[convstep::most_lanes] = {};
template <class T> INLINE Order order_of(const LaneVector& vector) { return Order(vector.order ? vector.order : no_order); }

template <Reading reading, class T> INLINE void put(T* p, Vec<T> v, int n) {
  if constexpr (reading == Reading::whole) store(p, v);
  else store_some(p, v, n);
}

// Asks for what comes in two blocks: the pixels beside the outputs, and the inputs that no row before has read. So many short
// runs of memory are beyond what processors foresee.
template <int K, int S, class T>
INLINE void prefetch(const T* const* rows, Index n_rows, Index in, Index in_pixel, const T* out, Index out_pixel, Index first, int to_write) {
  const Index next = first + 2 * block;
  for (Index row = n_rows < S ? 0 : n_rows - S; row < n_rows; row++)
    UNROLL for (int i = 0; i < block * S; i++) __builtin_prefetch(rows[row] + in + (next * S + K - S + i) * in_pixel);
  UNROLL for (int p = 0; p < block; p++)
    if (to_write) __builtin_prefetch(out + (next + p) * out_pixel, 1);
    else __builtin_prefetch(out + (next + p) * out_pixel);
}

// P outputs from `first` on.
template <class T, int K, int S, int P> INLINE void run_block(const convstep::GroupedRun<T>& a, Index first) {
  constexpr int L = lanes<T>;
  for_each_vector<T>(a, [&](const LaneVector& vector, Index v, auto how) {
    constexpr Reading reading = decltype(how)::value;
    const Order order = order_of<T>(vector);
    prefetch<K, S>(a.in, a.rows, vector.in, a.in_pixel, a.out + vector.out, a.out_pixel, first, 1);
    const Vec<T> bias = load_some(a.bias + vector.out, vector.lanes);
    Vec<T> sum[P];
    UNROLL for (int p = 0; p < P; p++) sum[p] = bias;
    const Index depth = is_ordered(reading) ? a.depth : 1;
    for (Index row = 0; row < a.rows; row++) {
      const T* weight = a.weight[row] + v * a.weight_vector;
      for (Index k = 0; k < depth; k++, weight += K * L) {
        const T* in = a.in[row] + first * S * a.in_pixel + vector.in + start<T>(k);
        const int there = readable<T>(vector, k);
        Vec<T> w[K];
        UNROLL for (int j = 0; j < K; j++) w[j] = load(weight + j * L);
        UNROLL for (int i = 0; i < (P - 1) * S + K; i++) {
          const Vec<T> x = read<reading>(in, there, order, k);
          in += a.in_pixel;
          UNROLL for (int j = 0; j < K; j++)
            if (i >= j && (i - j) % S == 0 && (i - j) / S < P) sum[(i - j) / S] += x * w[j];
        }
      }
    }
    T* out = a.out + first * a.out_pixel + vector.out;
    UNROLL for (int p = 0; p < P; p++) put<reading>(out + p * a.out_pixel, activate<T>(sum[p], a.activation), vector.lanes);
  });
}

// The last block ends at the last pixel, and computes a few again that were there before.
template <class T, int K, int S> void run(const convstep::GroupedRun<T>& a) {
  constexpr int half = block / 2;
  Index p = 0;
  for (; p + block <= a.pixels; p += block) run_block<T, K, S, block>(a, p);
  if (a.pixels - p > half && a.pixels >= block) run_block<T, K, S, block>(a, a.pixels - block);
  else
    for (; p < a.pixels; p += half) run_block<T, K, S, half>(a, p + half <= a.pixels ? p : a.pixels - half);
}

template <class T> void pixel(const convstep::GroupedPixel<T>& a) {
  for_each_vector<T>(a, [&](const LaneVector& vector, Index v, auto how) {
    constexpr Reading reading = decltype(how)::value;
    const Order order = order_of<T>(vector);
    const auto product = [&](Index t, Index k) {
      return read<reading>(a.in[t] + vector.in + start<T>(k), readable<T>(vector, k), order, k) *
             load(a.weight[t] + v * a.weight_vector + k * a.weight_depth);
    };
    Vec<T> sum[4] = {load_some(a.bias + vector.out, vector.lanes)};   // four, which need not wait for one another
    for (Index k = 0; k < a.depth; k++) {
      Index t = 0;
      for (; t + 4 <= a.taps; t += 4) UNROLL for (int i = 0; i < 4; i++) sum[i] += product(t + i, k);
      for (; t < a.taps; t++) sum[0] += product(t, k);
    }
    put<reading>(a.out + vector.out, activate<T>((sum[0] + sum[1]) + (sum[2] + sum[3]), a.activation), vector.lanes);
  });
}

// P pixels from `first` on.
template <class T, int K, int S, int P> INLINE void add_products(const convstep::GroupedProducts<T>& a, Index first) {
  constexpr int L = lanes<T>;
  for_each_vector<T>(a, [&](const LaneVector& vector, Index v, auto how) {
    constexpr Reading reading = decltype(how)::value;
    const Order order = order_of<T>(vector);
    prefetch<K, S>(a.in, a.rows, vector.in, a.in_pixel, a.grad + vector.out, a.grad_pixel, first, 0);
    Vec<T> grad[P];
    UNROLL for (int p = 0; p < P; p++) {
      const T* const from = a.grad + (first + p) * a.grad_pixel + vector.out;
      grad[p] = reading == Reading::whole ? load(from) : load_some(from, vector.lanes);
    }
    const Index depth = is_ordered(reading) ? a.depth : 1;
    for (Index row = 0; row < a.rows; row++) {
      T* to = a.sum[row] + v * a.sum_vector;
      for (Index k = 0; k < depth; k++, to += a.sum_depth) {
        const T* in = a.in[row] + first * S * a.in_pixel + vector.in + start<T>(k);
        const int there = readable<T>(vector, k);
        Vec<T> sum[K];
        UNROLL for (int j = 0; j < K; j++) sum[j] = load(to + j * L);
        UNROLL for (int i = 0; i < (P - 1) * S + K; i++) {
          const Vec<T> x = read<reading>(in, there, order, k);
          in += a.in_pixel;
          UNROLL for (int j = 0; j < K; j++)
            if (i >= j && (i - j) % S == 0 && (i - j) / S < P) sum[j] += x * grad[(i - j) / S];
        }
        UNROLL for (int j = 0; j < K; j++) store(to + j * L, sum[j]);
      }
    }
  });
}

template <class T, int K, int S> void products(const convstep::GroupedProducts<T>& a) {
  Index p = 0;
  for (; p + block <= a.pixels; p += block) add_products<T, K, S, block>(a, p);
  for (; p < a.pixels; p++) add_products<T, K, S, 1>(a, p);
}

template <class T, int S, int... K> constexpr void fill(convstep::Grouped<T>& table, std::integer_sequence<int, K...>) {
  ((table.run[S][K + 1] = run<T, K + 1, S>), ...);
  ((table.products[S][K + 1] = products<T, K + 1, S>), ...);
}

template <class T> constexpr convstep::Grouped<T> make() {
  convstep::Grouped<T> table{};
  constexpr auto widths = std::make_integer_sequence<int, convstep::grouped_widest>();
  fill<T, 1>(table, widths);
  fill<T, 2>(table, widths);
  table.pixel = pixel<T>;
  table.least_pixels = block / 2;
  return table;
}

constexpr convstep::Both<convstep::Grouped> table{make<float>(), make<double>()};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Grouped> grouped;
const Both<Grouped> grouped = table;

}  // namespace convstep::CONVSTEP_TARGET
