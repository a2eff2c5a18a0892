// One vector of the target's widest registers, over the vector extensions of GCC and Clang.
//
// Assumes: compiled with the flags of one target, which set the width; included by target.cpp only.
// Partial loads and stores touch nothing beyond their first n elements.
#pragma once

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__x86_64__) || defined(_M_X64)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

namespace {

#if defined(__AVX512F__)
constexpr int vector_bytes = 64, registers = 32;
#elif defined(__AVX2__)
constexpr int vector_bytes = 32, registers = 16;
#elif defined(__aarch64__)
constexpr int vector_bytes = 16, registers = 32;
#else
constexpr int vector_bytes = 16, registers = 16;
#endif

template <class T> struct VectorOf;
template <> struct VectorOf<float> {
  typedef float type __attribute__((vector_size(vector_bytes)));
  typedef float in_memory __attribute__((vector_size(vector_bytes), aligned(4), may_alias));
};
template <> struct VectorOf<double> {
  typedef double type __attribute__((vector_size(vector_bytes)));
  typedef double in_memory __attribute__((vector_size(vector_bytes), aligned(8), may_alias));
};
template <class T> using Vec = typename VectorOf<T>::type;
template <class T> constexpr int lanes = vector_bytes / int(sizeof(T));

template <class T> INLINE Vec<T> load(const T* p) {
  return *reinterpret_cast<const typename VectorOf<T>::in_memory*>(p);
}
template <class T> INLINE void store(T* p, Vec<T> v) {
  *reinterpret_cast<typename VectorOf<T>::in_memory*>(p) = v;
}
#if defined(__AVX512F__)
#define REGISTER "v"
#elif defined(__aarch64__)
#define REGISTER "w"
#else
#define REGISTER "x"
#endif

// A load that the compiler does not repeat for each use, as an operand in memory.
template <class T> INLINE Vec<T> load_once(const T* p) {
  Vec<T> x = load(p);
#if defined(__GNUC__) && (defined(__x86_64__) || defined(__aarch64__))
  asm("" : "+" REGISTER(x));
#endif
  return x;
}
// x - 0 compiles to a broadcast alone; 0 + x would keep an addition for the sake of -0.
template <class T> INLINE Vec<T> splat(T x) { return x - Vec<T>{}; }

// Square roots, correctly rounded.
#if defined(__AVX512F__)
INLINE Vec<float> root(Vec<float> v) { return _mm512_sqrt_ps(v); }
INLINE Vec<double> root(Vec<double> v) { return _mm512_sqrt_pd(v); }
#elif defined(__AVX2__)
INLINE Vec<float> root(Vec<float> v) { return _mm256_sqrt_ps(v); }
INLINE Vec<double> root(Vec<double> v) { return _mm256_sqrt_pd(v); }
#elif defined(__x86_64__) || defined(_M_X64)
INLINE Vec<float> root(Vec<float> v) { return _mm_sqrt_ps(v); }
INLINE Vec<double> root(Vec<double> v) { return _mm_sqrt_pd(v); }
#elif defined(__aarch64__)
INLINE Vec<float> root(Vec<float> v) { return Vec<float>(vsqrtq_f32(float32x4_t(v))); }
INLINE Vec<double> root(Vec<double> v) { return Vec<double>(vsqrtq_f64(float64x2_t(v))); }
#else
template <class V> INLINE V root(V v) {
  for (int i = 0; i < int(sizeof v / sizeof v[0]); i++) v[i] = __builtin_sqrt(v[i]);
  return v;
}
#endif

#if defined(__AVX512F__)
INLINE Vec<float> load_some(const float* p, int n) {
  return _mm512_maskz_loadu_ps(__mmask16((1u << n) - 1), p);
}
INLINE Vec<double> load_some(const double* p, int n) {
  return _mm512_maskz_loadu_pd(__mmask8((1u << n) - 1), p);
}
INLINE void store_some(float* p, Vec<float> v, int n) {
  _mm512_mask_storeu_ps(p, __mmask16((1u << n) - 1), v);
}
INLINE void store_some(double* p, Vec<double> v, int n) {
  _mm512_mask_storeu_pd(p, __mmask8((1u << n) - 1), v);
}
#elif defined(__AVX2__)
INLINE __m256i first_floats(int n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE __m256i first_doubles(int n) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(n), _mm256_setr_epi64x(0, 1, 2, 3));
}
INLINE Vec<float> load_some(const float* p, int n) { return _mm256_maskload_ps(p, first_floats(n)); }
INLINE Vec<double> load_some(const double* p, int n) { return _mm256_maskload_pd(p, first_doubles(n)); }
// Piece by piece: a masked store takes some twenty cycles on AMD's processors.
INLINE void store_some(float* p, Vec<float> v, int n) {
  if (n == lanes<float>) return store(p, v);
  __m128 part = _mm256_castps256_ps128(v);
  if (n & 4) _mm_storeu_ps(p, part), p += 4, part = _mm256_extractf128_ps(v, 1);
  if (n & 2) _mm_storel_pi(reinterpret_cast<__m64*>(p), part), p += 2, part = _mm_movehl_ps(part, part);
  if (n & 1) _mm_store_ss(p, part);
}
INLINE void store_some(double* p, Vec<double> v, int n) {
  if (n == lanes<double>) return store(p, v);
  __m128d part = _mm256_castpd256_pd128(v);
  if (n & 2) _mm_storeu_pd(p, part), p += 2, part = _mm256_extractf128_pd(v, 1);
  if (n & 1) _mm_store_sd(p, part);
}
#else
template <class T> INLINE Vec<T> load_some(const T* p, int n) {
  if (n == lanes<T>) return load(p);
  Vec<T> v{};
  for (int i = 0; i < n; i++) v[i] = p[i];
  return v;
}
template <class T> INLINE void store_some(T* p, Vec<T> v, int n) {
  if (n == lanes<T>) return store(p, v);
  for (int i = 0; i < n; i++) p[i] = v[i];
}
#endif

}  // namespace
