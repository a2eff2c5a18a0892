// The kernels of pooling: every lane is a channel, and no lane meets another.
//
// Assumes: at most 256 places where there are indices; arrays of vectors stay in registers.
#include "pooling.hpp"

#include <cstring>
#include <type_traits>
#include <utility>
#include "vec.hpp"

namespace {

using convstep::Combine;
using convstep::Index;
using convstep::PoolRow;

template <class T> struct Lanes;               // integers as wide as the lanes of T: what comparing vectors gives
template <> struct Lanes<float> {
  using one = std::int32_t;
  typedef one type __attribute__((vector_size(vector_bytes)));
};
template <> struct Lanes<double> {
  using one = std::int64_t;
  typedef one type __attribute__((vector_size(vector_bytes)));
};
template <class T> using Int = typename Lanes<T>::type;
template <class T> struct OneByte { typedef std::uint8_t type __attribute__((vector_size(lanes<T>))); };

// store_index: n indices, a byte each. add_where: sum, plus x in the lanes whose index, of n, is the place.
#if defined(__AVX512F__)
template <class T> INLINE void store_index(std::uint8_t* p, Int<T> index, int n) {
  __m128i bytes;
  if constexpr (sizeof(T) == 4) bytes = _mm512_cvtepi32_epi8(__m512i(index));
  else bytes = _mm512_cvtepi64_epi8(__m512i(index));
  _mm_mask_storeu_epi8(p, __mmask16((1u << n) - 1), bytes);
}
template <class T> INLINE Vec<T> add_where(Vec<T> sum, Vec<T> x, const std::uint8_t* index, int n, int place) {
  const __m128i found = _mm_maskz_loadu_epi8(__mmask16((1u << n) - 1), index);
  const __mmask16 here = _mm_cmpeq_epi8_mask(found, _mm_set1_epi8(char(place)));
  if constexpr (sizeof(T) == 4) return _mm512_mask_add_ps(sum, here, sum, x);
  else return _mm512_mask_add_pd(sum, __mmask8(here), sum, x);
}
#else
template <class T> INLINE void store_index(std::uint8_t* p, Int<T> index, int n) {
  const auto bytes = __builtin_convertvector(index, typename OneByte<T>::type);
  if (n == lanes<T>) std::memcpy(p, &bytes, lanes<T>);
  else
    for (int i = 0; i < n; i++) p[i] = bytes[i];
}
template <class T> INLINE Int<T> load_index(const std::uint8_t* p, int n) {
  typename OneByte<T>::type bytes{};
  if (n == lanes<T>) std::memcpy(&bytes, p, lanes<T>);
  else
    for (int i = 0; i < n; i++) bytes[i] = p[i];
#if defined(__AVX2__)
  if constexpr (sizeof(T) == 4) {
    long long eight;
    std::memcpy(&eight, &bytes, 8);
    return Int<T>(_mm256_cvtepu8_epi32(_mm_cvtsi64_si128(eight)));
  } else {
    int four;
    std::memcpy(&four, &bytes, 4);
    return Int<T>(_mm256_cvtepu8_epi64(_mm_cvtsi32_si128(four)));
  }
#else
  return __builtin_convertvector(bytes, Int<T>);
#endif
}
template <class T> INLINE Vec<T> add_where(Vec<T> sum, Vec<T> x, const std::uint8_t* index, int n, int place) {
  return sum + (load_index<T>(index, n) == place ? x : Vec<T>{});
}
#endif

// V vectors of channels of one target pixel, from channel c on; the last vector has n lanes. Columns: their number where it is
// known, else 0.
template <class T, Combine combine, int V, int Columns>
INLINE void combine_block(const PoolRow<T>& a, Index p, Index c, int n, Index first, Index columns) {
  constexpr int L = lanes<T>;
  constexpr bool is_maximum = combine == Combine::maximum || combine == Combine::maximum_index;
  const auto get = [&](const T* from, int v) { return v < V - 1 ? load(from + v * L) : load_some(from + v * L, n); };
  const Index at = p * a.pixel + c, count = Columns ? Columns : columns;
  Vec<T> result[V], equal[V];
  Int<T> index[V], nan[V];
  UNROLL for (int v = 0; v < V; v++) {
    result[v] = is_maximum ? Vec<T>{} - T(__builtin_inf()) : Vec<T>{};
    index[v] = nan[v] = Int<T>{};
    if (combine == Combine::count || combine == Combine::where_equal) equal[v] = get(a.equal + at, v);
  }
  bool is_first = true;
  for (Index r = 0; r < a.rows; r++)
    for (Index k = 0; k < count; k++) {
      const Index from = a.column[first + k] * a.pixel + c;
      typename Lanes<T>::one place = 0;
      if (combine == Combine::maximum_index || combine == Combine::where_index)
        place = typename Lanes<T>::one(a.row_place[r] + a.column_place[first + k]);
      const T scale = combine == Combine::scaled_sum ? a.row_scale[r] * a.column_scale[first + k] : T(1);
      UNROLL for (int v = 0; v < V; v++) {
        const Vec<T> x = get(a.source[r] + from, v);
        if constexpr (combine == Combine::maximum) {
          result[v] = x > result[v] ? x : result[v];
          nan[v] |= x != x;
        } else if constexpr (combine == Combine::maximum_index) {
          const Int<T> better = ((x > result[v]) | ((x != x) & (result[v] == result[v]))) | (is_first ? ~Int<T>{} : Int<T>{});
          result[v] = better ? x : result[v];
          index[v] = better ? Int<T>{} + place : index[v];
        } else if constexpr (combine == Combine::sum) {
          result[v] += x;
        } else if constexpr (combine == Combine::count) {
          result[v] += ((x == equal[v]) | (x != x)) ? Vec<T>{} + T(1) : Vec<T>{};
        } else if constexpr (combine == Combine::where_index) {
          result[v] = add_where<T>(result[v], x, a.source_index[r] + from + v * L, v < V - 1 ? L : n, int(place));
        } else if constexpr (combine == Combine::where_equal) {
          const Vec<T> best = get(a.source_equal[r] + from, v);
          result[v] += ((equal[v] == best) | (equal[v] != equal[v])) ? x : Vec<T>{};
        } else {
          result[v] += x * scale;
        }
      }
      is_first = false;
    }
  UNROLL for (int v = 0; v < V; v++) {
    if (combine == Combine::maximum) result[v] = nan[v] ? Vec<T>{} + T(__builtin_nan("")) : result[v];
    if (combine == Combine::sum) result[v] = result[v] / (a.scale * a.column_scale[p]);
    store_some(a.target + at + v * L, result[v], v < V - 1 ? L : n);
    if (combine == Combine::maximum_index) store_index<T>(a.index + at + v * L, index[v], v < V - 1 ? L : n);
  }
}

template <class T, Combine combine, int Columns> INLINE void combine_pixel(const PoolRow<T>& a, Index p) {
  constexpr int L = lanes<T>;
  const Index first = a.first_column[p], columns = a.first_column[p + 1] - first;
  Index c = 0;
  for (; c + 4 * L <= a.channels; c += 4 * L) combine_block<T, combine, 4, Columns>(a, p, c, L, first, columns);
  for (; c < a.channels; c += L)
    combine_block<T, combine, 1, Columns>(a, p, c, a.channels - c < L ? int(a.channels - c) : L, first, columns);
}

// target += the sum of n sources. `begins` and `ends` tell the first and the last that are added.
template <class T, int N>
INLINE void add_sources(const T* const* sources, Index channels, bool begins, bool ends, Vec<T> scale, T* target) {
  constexpr int L = lanes<T>;
  for (Index c = 0; c < channels; c += L) {
    const int n = channels - c < L ? int(channels - c) : L;
    const auto get = [&](const T* p) { return n == L ? load(p + c) : load_some(p + c, n); };
    Vec<T> sum = begins ? Vec<T>{} : get(target);
    UNROLL for (int i = 0; i < N; i++) sum += get(sources[i]);
    store_some(target + c, ends ? sum / scale : sum, n);
  }
}

// A large window's sum gathers in the target, a few sources at a time, so that they go by in long runs.
template <class T> INLINE void sum_pixel(const PoolRow<T>& a, Index p) {
  constexpr int together = 8;
  const Index first = a.first_column[p], columns = a.first_column[p + 1] - first, all = a.rows * columns;
  T* const target = a.target + p * a.pixel;
  const Vec<T> scale = splat(a.scale * a.column_scale[p]);
  const auto source = [&](Index i) { return a.source[i / columns] + a.column[first + i % columns] * a.pixel; };
  Index i = 0;
  for (; i + together <= all; i += together) {
    const T* sources[together];
    for (int k = 0; k < together; k++) sources[k] = source(i + k);
    add_sources<T, together>(sources, a.channels, i == 0, i + together == all, scale, target);
  }
  for (; i < all; i++) {
    const T* const sources[1] = {source(i)};
    add_sources<T, 1>(sources, a.channels, i == 0, i + 1 == all, scale, target);
  }
}

template <class T, Combine combine> void pool_row(const PoolRow<T>& args) {
  const PoolRow<T> a = args;                   // a copy that no store can change
  for (Index p = 0; p < a.pixels; p++) switch (a.first_column[p + 1] - a.first_column[p]) {
      case 1: combine_pixel<T, combine, 1>(a, p); break;
      case 2: combine_pixel<T, combine, 2>(a, p); break;
      case 3: combine_pixel<T, combine, 3>(a, p); break;
      default:
        if (combine == Combine::sum && a.rows > 0) sum_pixel(a, p);
        else combine_pixel<T, combine, 0>(a, p);
    }
}

template <class T, int... I> constexpr convstep::Pooling<T> make(std::integer_sequence<int, I...>) {
  return {{pool_row<T, Combine(I)>...}};
}

constexpr auto all = std::make_integer_sequence<int, convstep::combines>();
constexpr convstep::Both<convstep::Pooling> table{make<float>(all), make<double>(all)};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Pooling> pooling;
const Both<Pooling> pooling = table;

}  // namespace convstep::CONVSTEP_TARGET
