// The kernels of depthwise and grouped convolutions: every lane is an output channel, and no lane meets another.
//
// Assumes: as the tiles, that the arrays of vectors stay in registers: no address taken, loops over them unrolled.
#include "grouped.hpp"

#include <type_traits>
#include <utility>
#include "register_tile.hpp"

#define ALWAYS __attribute__((always_inline))   // of lambdas: only what is inlined early keeps its arrays in registers

namespace {

using convstep::GroupedRow;
using convstep::GroupedSlide;
using convstep::Index;
using convstep::LaneVector;

// Outputs side by side computed at a time, in each of two rows. The sizes of many networks are multiples of 7.
constexpr int block = 7;

// How the lanes of a vector get their inputs: a whole vector as it lies, a part of one, or a vector with its lanes put in order.
enum class Reading { whole, part, ordered };

// The numbers of a vector in memory that may be read, the first n, and which of them each lane gets: order[lane] + k, for a depth k
// below the number of lanes. Made before the loop over pixels: compilers do not take it out of branches.
#if defined(__AVX512F__)
template <class T> struct Source {
  __mmask16 there;
  __m512i from;
  Source(int n, const std::int32_t* order, int k) : there(__mmask16((1u << n) - 1)) {
    if constexpr (sizeof(T) == 4) {
      from = _mm512_add_epi32(_mm512_loadu_si512(order), _mm512_set1_epi32(k));
    } else {
      const __m256i narrow = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(order));
      from = _mm512_add_epi64(_mm512_cvtepi32_epi64(narrow), _mm512_set1_epi64(k));
    }
  }
  INLINE Vec<float> part(const float* p) const { return _mm512_maskz_loadu_ps(there, p); }
  INLINE Vec<double> part(const double* p) const { return _mm512_maskz_loadu_pd(__mmask8(there), p); }
  INLINE Vec<float> ordered(const float* p) const { return _mm512_permutexvar_ps(from, part(p)); }
  INLINE Vec<double> ordered(const double* p) const { return _mm512_permutexvar_pd(from, part(p)); }
};
#elif defined(__AVX2__)
template <class T> struct Source {
  __m256i there, from;                       // a double is two floats
  Source(int n, const std::int32_t* order, int k) {
    if constexpr (sizeof(T) == 4) {
      there = first_floats(n);
      from = _mm256_add_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(order)), _mm256_set1_epi32(k));
    } else {
      const __m256i wide = _mm256_cvtepi32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(order)));
      const __m256i low = _mm256_slli_epi64(_mm256_add_epi64(wide, _mm256_set1_epi64x(k)), 1);
      there = first_doubles(n);
      from = _mm256_or_si256(low, _mm256_slli_epi64(_mm256_add_epi64(low, _mm256_set1_epi64x(1)), 32));
    }
  }
  INLINE Vec<float> part(const float* p) const { return _mm256_maskload_ps(p, there); }
  INLINE Vec<double> part(const double* p) const { return _mm256_maskload_pd(p, there); }
  INLINE Vec<float> ordered(const float* p) const { return _mm256_permutevar8x32_ps(part(p), from); }
  INLINE Vec<double> ordered(const double* p) const {
    return _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(part(p)), from));
  }
};
#else
template <class T> struct Source {
  int n;
  const std::int32_t* order;
  int k;
  Source(int n, const std::int32_t* order, int k) : n(n), order(order), k(k) {}
  INLINE Vec<T> part(const T* p) const { return load_some(p, n); }
  INLINE Vec<T> ordered(const T* p) const {
    Vec<T> x;
    for (int i = 0; i < lanes<T>; i++) x[i] = p[order[i] + k];
    return x;
  }
};
#endif

template <Reading reading, class T> INLINE Vec<T> read(const T* p, const Source<T>& source) {
  if constexpr (reading == Reading::whole) return load(p);
  else if constexpr (reading == Reading::part) return source.part(p);
  else return source.ordered(p);
}

// Channels of outputs, or of their gradients.
template <Reading reading, class T> INLINE Vec<T> get(const T* p, int n) {
  if constexpr (reading == Reading::whole) return load(p);
  else return load_some(p, n);
}
template <Reading reading, class T> INLINE void put(T* p, Vec<T> v, int n) {
  if constexpr (reading == Reading::whole) store(p, v);
  else store_some(p, v, n);
}

// Calls step(number of the vector, reading).
template <class T, class Step> INLINE void for_each_vector(const GroupedSlide<T>& a, Step step) {
  for (Index v = 0; v < a.vectors; v++)
    if (a.vector[v].order) step(v, std::integral_constant<Reading, Reading::ordered>());
    else if (a.vector[v].lanes == lanes<T>) step(v, std::integral_constant<Reading, Reading::whole>());
    else step(v, std::integral_constant<Reading, Reading::part>());
}

// Into the second-level cache.
INLINE void look_ahead(convstep::GroupedAhead* ahead, bool write) {
  if (!ahead) return;
  for (int i = 0; i < ahead->in_lines; i++, ahead->in += 64) __builtin_prefetch(ahead->in, 0, 2);
  for (int i = 0; i < ahead->out_lines; i++, ahead->out += 64) {
    if (write) __builtin_prefetch(ahead->out, 1, 2);
    else __builtin_prefetch(ahead->out, 0, 2);
  }
}

// Which of the two rows of outputs meet a row of the input.
template <bool first, bool second> struct Met {
  static constexpr bool row[2] = {first, second};
};

// The rows of the kernel that meet a row of the input, of one vector and depth: from memory to registers, and back.
template <class Meets, class T, int K>
INLINE void load_kernel(Vec<T> (&to)[2][K], const GroupedRow<T>& row, Index offset) {
  UNROLL for (int r = 0; r < 2; r++)
    UNROLL for (int j = 0; j < K; j++)
      if (Meets::row[r]) to[r][j] = load(row.kernel[r] + offset + j * lanes<T>);
}
template <class Meets, class T, int K>
INLINE void store_kernel(const Vec<T> (&from)[2][K], const GroupedRow<T>& row, Index offset) {
  UNROLL for (int r = 0; r < 2; r++)
    UNROLL for (int j = 0; j < K; j++)
      if (Meets::row[r]) store(row.kernel[r] + offset + j * lanes<T>, from[r][j]);
}

// Calls step(meets, row, offset of its kernel, read) for each row of the input and depth. read(i) is what vector v reads in column
// first + i.
template <Reading reading, class T, class Step>
INLINE void for_each_row(const GroupedSlide<T>& a, Index v, Index first, Step step) {
  constexpr std::int32_t no_order[convstep::most_lanes] = {};
  const LaneVector& vector = a.vector[v];
  const std::int32_t* const order = vector.order ? vector.order : no_order;
  const Index depth = reading == Reading::ordered ? a.depth : 1, column = a.in_column, rows = a.rows, kernel_depth = a.kernel_depth;
  for (Index n = 0; n < rows; n++) {
    const GroupedRow<T>& row = a.row[n];
    const Index at = (first - row.begin) * column;
    const auto with = [&](auto meets) ALWAYS {
      for (Index k = 0; k < depth; k++) {
        const Index start = k / lanes<T> * lanes<T>, left = vector.there - start;   // a vector of depths is loaded at its beginning
        const Source<T> source(left < lanes<T> ? int(left) : lanes<T>, order, int(k - start));
        const T* const in = row.in + vector.in + start;
        step(meets, row, v * a.kernel_vector + k * kernel_depth,
             [&](Index i) ALWAYS { return read<reading>(in + (at + i * column), source); });
      }
    };
    if (row.kernel[0] && row.kernel[1]) with(Met<true, true>());
    else if (row.kernel[0]) with(Met<true, false>());
    else with(Met<false, true>());
  }
}

// Calls step(column of the block, what the vector reads there) for those columns that are there and lie under the block's first
// `pixels` windows.
template <class T, int K, int S, class Read, class Step>
INLINE void for_each_column(const GroupedRow<T>& row, Index first, int pixels, Read read, Step step) {
  const Index offset = first * S;
  const int wanted = (pixels - 1) * S + K;
  const int begin = row.begin > offset ? int(row.begin - offset) : 0;
  const int end = row.end - offset < wanted ? int(row.end - offset) : wanted;
  if (begin >= end) return;
  const unsigned there = (1u << end) - (1u << begin);   // bits: GCC makes a thicket of comparisons with two bounds
  UNROLL for (int i = 0; i < (block - 1) * S + K; i++)
    if (there & 1u << i) step(i, read(i));
}

template <int K, int S> constexpr bool under(int column, int pixel) { return column >= pixel * S && column < pixel * S + K; }

// Outputs of a block in both rows, for one vector: all sums grow in registers, and an input is loaded once for all the windows
// that it lies in, in both rows.
template <class T, int K, int S, Reading reading>
INLINE void run_block(const GroupedSlide<T>& a, Index v, const T* bias, T* out, convstep::Activation activation, Index first) {
  look_ahead(a.ahead, true);
  const LaneVector vector = a.vector[v];
  const int pixels = a.pixels - first < block ? int(a.pixels - first) : block;
  const Index out_pixel = a.out_pixel, out_row = a.out_row;
  const bool both = a.out_rows == 2;
  T* const to = out + first * out_pixel + vector.out;
  Vec<T> sum[2][block];
  const Vec<T> start = bias ? load_some(bias + vector.out, vector.lanes) : Vec<T>{};
  UNROLL for (int p = 0; p < block; p++) sum[0][p] = sum[1][p] = start;
  if (!bias)
    UNROLL for (int p = 0; p < block; p++) {
      if (p < pixels) sum[0][p] = get<reading>(to + p * out_pixel, vector.lanes);
      if (both && p < pixels) sum[1][p] = get<reading>(to + out_row + p * out_pixel, vector.lanes);
    }
  for_each_row<reading>(a, v, first * S, [&](auto meets, const GroupedRow<T>& row, Index kernel, auto read) ALWAYS {
    Vec<T> weight[2][K];
    load_kernel<decltype(meets)>(weight, row, kernel);
    for_each_column<T, K, S>(row, first, pixels, read, [&](int i, Vec<T> x) ALWAYS {
      UNROLL for (int r = 0; r < 2; r++)
        UNROLL for (int p = 0; p < block; p++)
          if (meets.row[r] && under<K, S>(i, p)) sum[r][p] += x * weight[r][i - p * S];
    });
  });
  if (activation != convstep::Activation::none)
    UNROLL for (int p = 0; p < block; p++) {
      sum[0][p] = activate<T>(sum[0][p], activation);
      sum[1][p] = activate<T>(sum[1][p], activation);
    }
  UNROLL for (int p = 0; p < block; p++)
    if (p < pixels) put<reading>(to + p * out_pixel, sum[0][p], vector.lanes);
  UNROLL for (int p = 0; p < block; p++)
    if (both && p < pixels) put<reading>(to + out_row + p * out_pixel, sum[1][p], vector.lanes);
}

template <class T, int K, int S> void run(const GroupedSlide<T>& a, const T* bias, T* out, convstep::Activation activation) {
  for (Index p = 0; p < a.pixels; p += block)
    for_each_vector<T>(
        a, [&](Index v, auto how) ALWAYS { run_block<T, K, S, decltype(how)::value>(a, v, bias, out, activation, p); });
}

// The products of a whole block: its gradients stay in registers, and a row of sums while an input row goes by.
template <class T, int K, int S, Reading reading>
INLINE void add_block(const GroupedSlide<T>& a, Index v, const T* grad, Index first) {
  look_ahead(a.ahead, false);
  const LaneVector vector = a.vector[v];
  const Index out_pixel = a.out_pixel, second = a.out_rows == 2 ? a.out_row : 0;
  const T* const from = grad + first * out_pixel + vector.out;
  Vec<T> g[2][block];
  UNROLL for (int p = 0; p < block; p++) {
    g[0][p] = get<reading>(from + p * out_pixel, vector.lanes);
    g[1][p] = get<reading>(from + second + p * out_pixel, vector.lanes);
  }
  for_each_row<reading>(a, v, first * S, [&](auto meets, const GroupedRow<T>& row, Index kernel, auto read) ALWAYS {
    Vec<T> sum[2][K];
    load_kernel<decltype(meets)>(sum, row, kernel);
    for_each_column<T, K, S>(row, first, block, read, [&](int i, Vec<T> x) ALWAYS {
      UNROLL for (int r = 0; r < 2; r++)
        UNROLL for (int p = 0; p < block; p++)
          if (meets.row[r] && under<K, S>(i, p)) sum[r][i - p * S] += x * g[r][p];
    });
    store_kernel<decltype(meets)>(sum, row, kernel);
  });
}

// The products of the pixels from `first` on, too few for a block, one by one.
template <class T, int K, int S, Reading reading>
INLINE void add_rest(const GroupedSlide<T>& a, Index v, const T* grad, Index first) {
  const LaneVector vector = a.vector[v];
  const Index out_pixel = a.out_pixel, out_row = a.out_row, pixels = a.pixels;
  for_each_row<reading>(a, v, first * S, [&](auto meets, const GroupedRow<T>& row, Index kernel, auto read) ALWAYS {
    Vec<T> sum[2][K], g[2];
    load_kernel<decltype(meets)>(sum, row, kernel);
    for (Index p = first; p < pixels; p++) {
      UNROLL for (int r = 0; r < 2; r++)
        if (meets.row[r]) g[r] = get<reading>(grad + r * out_row + p * out_pixel + vector.out, vector.lanes);
      UNROLL for (int j = 0; j < K; j++)
        if (row.begin <= p * S + j && p * S + j < row.end) {
          const Vec<T> x = read((p - first) * S + j);
          UNROLL for (int r = 0; r < 2; r++)
            if (meets.row[r]) sum[r][j] += x * g[r];
        }
    }
    store_kernel<decltype(meets)>(sum, row, kernel);
  });
}

template <class T, int K, int S> void products(const GroupedSlide<T>& a, const T* grad) {
  Index p = 0;
  for (; p + block <= a.pixels; p += block)
    for_each_vector<T>(a, [&](Index v, auto how) ALWAYS { add_block<T, K, S, decltype(how)::value>(a, v, grad, p); });
  if (p < a.pixels)
    for_each_vector<T>(a, [&](Index v, auto how) ALWAYS { add_rest<T, K, S, decltype(how)::value>(a, v, grad, p); });
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
  table.block = block;
  return table;
}

constexpr convstep::Both<convstep::Grouped> table{make<float>(), make<double>()};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Grouped> grouped;
const Both<Grouped> grouped = table;

}  // namespace convstep::CONVSTEP_TARGET
