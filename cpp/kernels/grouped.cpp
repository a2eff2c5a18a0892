// The kernels of depthwise and grouped convolutions: every lane is an output channel, and no lane meets another.
//
// Assumes: as the tiles, that the arrays of vectors stay in registers: no address taken, loops over them unrolled.
#include "grouped.hpp"

#include <type_traits>
#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::GroupedRow;
using convstep::GroupedSlide;
using convstep::Index;
using convstep::LaneVector;

constexpr int block = registers == 32 ? 7 : 4;   // outputs side by side computed at a time, in each of two rows

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

// Calls step(first, second): which of the two rows of outputs meet the row, as types.
template <class T, class Step> INLINE void for_outputs(const GroupedRow<T>& row, Step step) {
  if (row.kernel[0] && row.kernel[1]) step(std::true_type(), std::true_type());
  else if (row.kernel[0]) step(std::true_type(), std::false_type());
  else step(std::false_type(), std::true_type());
}

// The outputs of a block in both rows, `first` and those beside it. All of a vector's sums grow in registers; an input is loaded
// once for all the windows that it lies in, in both rows.
template <class T, int K, int S>
INLINE void run_block(const GroupedSlide<T>& a, const T* bias, T* out, convstep::Activation activation, Index first) {
  constexpr int L = lanes<T>, columns = (block - 1) * S + K;
  const int pixels = a.pixels - first < block ? int(a.pixels - first) : block, wanted = (pixels - 1) * S + K;
  for_each_vector<T>(a, [&](const LaneVector& vector, Index v, auto how) {
    constexpr Reading reading = decltype(how)::value;
    const Order order = order_of<T>(vector);
    const Index depth = is_ordered(reading) ? a.depth : 1;
    const Vec<T> start_value = load_some(bias + vector.out, vector.lanes);
    Vec<T> sum[2][block];
    UNROLL for (int p = 0; p < block; p++) sum[0][p] = sum[1][p] = start_value;
    for (const GroupedRow<T>* row = a.row; row < a.row + a.rows; row++) {
      const Index offset = first * S - row->begin;
      const int begin = offset < 0 ? int(-offset) : 0, end = row->end - first * S < wanted ? int(row->end - first * S) : wanted;
      for_outputs(*row, [&](auto in_first, auto in_second) {
        constexpr bool meets[2] = {decltype(in_first)::value, decltype(in_second)::value};
        for (Index k = 0; k < depth; k++) {
          const T* const in = row->in + vector.in + start<T>(k);
          const int there = readable<T>(vector, k);
          Vec<T> w[2][K];
          UNROLL for (int r = 0; r < 2; r++)
            if (meets[r]) UNROLL for (int j = 0; j < K; j++) w[r][j] = load(row->kernel[r] + v * a.kernel_vector + k * a.kernel_depth + j * L);
          UNROLL for (int i = 0; i < columns; i++)
            if (begin <= i && i < end) {
              const Vec<T> x = read<reading>(in + (offset + i) * a.in_column, there, order, k);
              UNROLL for (int r = 0; r < 2; r++)
                UNROLL for (int j = 0; j < K; j++)
                  if (meets[r] && i >= j && (i - j) % S == 0 && (i - j) / S < block) sum[r][(i - j) / S] += x * w[r][j];
            }
        }
      });
    }
    UNROLL for (int r = 0; r < 2; r++)
      UNROLL for (int p = 0; p < block; p++)
        if (r < a.out_rows && p < pixels)
          put<reading>(out + r * a.out_row + (first + p) * a.out_pixel + vector.out, activate<T>(sum[r][p], activation), vector.lanes);
  });
}

template <class T, int K, int S> void run(const GroupedSlide<T>& a, const T* bias, T* out, convstep::Activation activation) {
  for (Index p = 0; p < a.pixels; p += block) run_block<T, K, S>(a, bias, out, activation, p);
}

// A whole block of pixels in both rows; their gradients stay in registers.
template <class T, int K, int S> INLINE void add_block(const GroupedSlide<T>& a, const T* grads, Index first) {
  constexpr int L = lanes<T>, columns = (block - 1) * S + K;
  for_each_vector<T>(a, [&](const LaneVector& vector, Index v, auto how) {
    constexpr Reading reading = decltype(how)::value;
    const Order order = order_of<T>(vector);
    const Index depth = is_ordered(reading) ? a.depth : 1;
    Vec<T> grad[2][block];
    UNROLL for (int r = 0; r < 2; r++)
      UNROLL for (int p = 0; p < block; p++) {
        const T* const from = grads + (r < a.out_rows ? r : 0) * a.out_row + (first + p) * a.out_pixel + vector.out;
        grad[r][p] = reading == Reading::whole ? load(from) : load_some(from, vector.lanes);
      }
    for (const GroupedRow<T>* row = a.row; row < a.row + a.rows; row++) {
      const Index offset = first * S - row->begin;
      const int begin = offset < 0 ? int(-offset) : 0, end = row->end - first * S < columns ? int(row->end - first * S) : columns;
      for_outputs(*row, [&](auto in_first, auto in_second) {
        constexpr bool meets[2] = {decltype(in_first)::value, decltype(in_second)::value};
        for (Index k = 0; k < depth; k++) {
          const T* const in = row->in + vector.in + start<T>(k);
          const int there = readable<T>(vector, k);
          Vec<T> sum[2][K];
          UNROLL for (int r = 0; r < 2; r++)
            if (meets[r]) UNROLL for (int j = 0; j < K; j++) sum[r][j] = load(row->kernel[r] + v * a.kernel_vector + k * a.kernel_depth + j * L);
          UNROLL for (int i = 0; i < columns; i++)
            if (begin <= i && i < end) {
              const Vec<T> x = read<reading>(in + (offset + i) * a.in_column, there, order, k);
              UNROLL for (int r = 0; r < 2; r++)
                UNROLL for (int j = 0; j < K; j++)
                  if (meets[r] && i >= j && (i - j) % S == 0 && (i - j) / S < block) sum[r][j] += x * grad[r][(i - j) / S];
            }
          UNROLL for (int r = 0; r < 2; r++)
            if (meets[r]) UNROLL for (int j = 0; j < K; j++) store(row->kernel[r] + v * a.kernel_vector + k * a.kernel_depth + j * L, sum[r][j]);
        }
      });
    }
  });
}

// The pixels from `first` on, less than a block, one by one.
template <class T, int K, int S> INLINE void add_rest(const GroupedSlide<T>& a, const T* grads, Index first) {
  constexpr int L = lanes<T>;
  for_each_vector<T>(a, [&](const LaneVector& vector, Index v, auto how) {
    constexpr Reading reading = decltype(how)::value;
    const Order order = order_of<T>(vector);
    const Index depth = is_ordered(reading) ? a.depth : 1;
    for (const GroupedRow<T>* row = a.row; row < a.row + a.rows; row++)
      for_outputs(*row, [&](auto in_first, auto in_second) {
        constexpr bool meets[2] = {decltype(in_first)::value, decltype(in_second)::value};
        for (Index k = 0; k < depth; k++) {
          const T* const in = row->in + vector.in + start<T>(k);
          const int there = readable<T>(vector, k);
          Vec<T> sum[2][K], grad[2];
          UNROLL for (int r = 0; r < 2; r++)
            if (meets[r]) UNROLL for (int j = 0; j < K; j++) sum[r][j] = load(row->kernel[r] + v * a.kernel_vector + k * a.kernel_depth + j * L);
          for (Index p = first; p < a.pixels; p++) {
            UNROLL for (int r = 0; r < 2; r++)
              if (meets[r]) grad[r] = load_some(grads + r * a.out_row + p * a.out_pixel + vector.out, vector.lanes);
            UNROLL for (int j = 0; j < K; j++)
              if (row->begin <= p * S + j && p * S + j < row->end) {
                const Vec<T> x = read<reading>(in + (p * S + j - row->begin) * a.in_column, there, order, k);
                UNROLL for (int r = 0; r < 2; r++)
                  if (meets[r]) sum[r][j] += x * grad[r];
              }
          }
          UNROLL for (int r = 0; r < 2; r++)
            if (meets[r]) UNROLL for (int j = 0; j < K; j++) store(row->kernel[r] + v * a.kernel_vector + k * a.kernel_depth + j * L, sum[r][j]);
        }
      });
  });
}

template <class T, int K, int S> void products(const GroupedSlide<T>& a, const T* grad) {
  Index p = 0;
  for (; p + block <= a.pixels; p += block) add_block<T, K, S>(a, grad, p);
  if (p < a.pixels) add_rest<T, K, S>(a, grad, p);
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
  return table;
}

constexpr convstep::Both<convstep::Grouped> table{make<float>(), make<double>()};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Grouped> grouped;
const Both<Grouped> grouped = table;

}  // namespace convstep::CONVSTEP_TARGET
