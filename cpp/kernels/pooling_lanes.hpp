// What pooling does with lanes beyond vec.hpp: integers as wide as the numbers, indices of a byte each, lanes in another order.
//
// Assumes: what vec.hpp says.
#pragma once
#include <cstdint>
#include <cstring>
#include "vec.hpp"

namespace {

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

// What the lanes read of the n elements at p: lane i reads p[order[i]].
#if defined(__AVX512F__)
template <class T> INLINE Int<T> load_order(const std::int32_t* order) {
  if constexpr (sizeof(T) == 4) return Int<T>(_mm512_loadu_si512(order));
  else return Int<T>(_mm512_cvtepi32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(order))));
}
template <class T> INLINE Vec<T> load_in_order(const T* p, int n, Int<T> order) {
  if constexpr (sizeof(T) == 4) return _mm512_permutexvar_ps(__m512i(order), load_some(p, n));
  else return _mm512_permutexvar_pd(__m512i(order), load_some(p, n));
}
template <class T> INLINE Int<T> index_in_order(const std::uint8_t* p, int n, Int<T> order) {
  const __m128i bytes = _mm_maskz_loadu_epi8(__mmask16((1u << n) - 1), p);
  if constexpr (sizeof(T) == 4) return Int<T>(_mm512_permutexvar_epi32(__m512i(order), _mm512_cvtepu8_epi32(bytes)));
  else return Int<T>(_mm512_permutexvar_epi64(__m512i(order), _mm512_cvtepu8_epi64(bytes)));
}
#else
template <class T> INLINE Int<T> load_order(const std::int32_t* order) {
  Int<T> v;
  for (int i = 0; i < lanes<T>; i++) v[i] = order[i];
  return v;
}
template <class T> INLINE Vec<T> load_in_order(const T* p, [[maybe_unused]] int n, Int<T> order) {
#if defined(__AVX2__)
  if constexpr (sizeof(T) == 4) return _mm256_permutevar8x32_ps(load_some(p, n), __m256i(order));
#endif
  Vec<T> v;
  for (int i = 0; i < lanes<T>; i++) v[i] = p[order[i]];
  return v;
}
template <class T> INLINE Int<T> index_in_order(const std::uint8_t* p, [[maybe_unused]] int n, Int<T> order) {
#if defined(__AVX2__)
  if constexpr (sizeof(T) == 4) return Int<T>(_mm256_permutevar8x32_epi32(__m256i(load_index<T>(p, n)), __m256i(order)));
#endif
  Int<T> v;
  for (int i = 0; i < lanes<T>; i++) v[i] = p[order[i]];
  return v;
}
#endif

// A masked store of a whole vector takes no longer than another on AVX-512, and many times as long on AVX2.
template <class T> INLINE void put(T* p, Vec<T> v, int n) {
#if !defined(__AVX512F__)
  if (n == lanes<T>) return store(p, v);
#endif
  store_some(p, v, n);
}

// x in a register: of a vector that is used twice the compiler would make two loads.
template <class V> INLINE V loaded(V x) {
#if defined(__aarch64__)
  asm("" : "+w"(x));
#elif defined(__AVX512F__)
  asm("" : "+v"(x));
#elif defined(__x86_64__)
  asm("" : "+x"(x));
#endif
  return x;
}

// Whether a lane is NaN. Elsewhere than on AVX: or infinities of both signs meet.
template <class T> INLINE bool has_nan(Vec<T> v) {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) return _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q) != 0;
  else return _mm512_cmp_pd_mask(v, v, _CMP_UNORD_Q) != 0;
#elif defined(__AVX2__)
  if constexpr (sizeof(T) == 4) return _mm256_movemask_ps(_mm256_cmp_ps(v, v, _CMP_UNORD_Q)) != 0;
  else return _mm256_movemask_pd(_mm256_cmp_pd(v, v, _CMP_UNORD_Q)) != 0;
#else
  T sum = 0;
  for (int i = 0; i < lanes<T>; i++) sum += v[i];
  return sum != sum;
#endif
}

}  // namespace
