// The transforms of F(4x4, 3x3): four by four outputs of a 3x3 filter from 36 products where the sum over the window takes 144.
//
// A polynomial product is computed at five points and at infinity. The usual points 0, +-1, +-2 lose most: errors (float32,
// 256 channels, inputs after a ReLU) were, as 2-norm / maximum over maximum,
//   0, 1, 2: 2.6e-6 / 9.1e-6    0, 1, 1/2: 2.7e-6 / 7.9e-6    0, 1/2, 3/2: 1.5e-6 / 4.6e-6    0, 1, -1, 1/2, -2: 1.7e-6 / 3.2e-6
//   0, 3/4, 3/2: 1.3e-6 / 2.1e-6    0, 5/8, 5/4: 1.4e-6 / 2.9e-6    0, sqrt(1/2), sqrt(2): 1.3e-6 / 2.1e-6
// against 0.6e-6 / 1.3e-6 for the direct sum one by one. The last pair, a and b, has a * b = 1, which saves multiplications.
//
// Source: A. Lavin, S. Gray, Fast Algorithms for Convolutional Neural Networks, 2015, and the Toom-Cook construction.
// Assumes: nothing beyond winograd.hpp. The arrays of vectors are local and their loops unrolled.
#include "winograd.hpp"

#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::Index;

template <class T> constexpr T a = T(0.70710678118654752440);
template <class T> constexpr T b = T(1.41421356237309504880);   // 2a = 1 / a

// One-dimensional transforms of vectors d[0], d[step], ...
template <class T> struct Transform {
  using V = Vec<T>;

  static INLINE void input(const V* d, int step, V* out) {          // B^T: 6 to 6
    const V d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const V even = d4 - d2 * T(2), odd = d3 - d1 * T(2), even_b = d4 - d2 * T(0.5), odd_b = d3 - d1 * T(0.5);
    out[0] = d0 - d2 * T(2.5) + d4;
    out[1] = even + odd * a<T>;
    out[2] = even - odd * a<T>;
    out[3] = even_b + odd_b * b<T>;
    out[4] = even_b - odd_b * b<T>;
    out[5] = d1 - d3 * T(2.5) + d5;
  }
  static INLINE void output(const V* m, int step, V* out) {         // A^T: 6 to 4
    const V sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
    const V sum_b = m[3 * step] + m[4 * step], difference_b = m[3 * step] - m[4 * step];
    out[0] = m[0] + sum + sum_b;
    out[1] = difference * a<T> + difference_b * b<T>;
    out[2] = sum * T(0.5) + sum_b * T(2);
    out[3] = difference * (a<T> / 2) + difference_b * (b<T> * 2) + m[5 * step];
  }
  static INLINE void filter(const V* g, int step, V* out) {         // G: 3 to 6
    const V g0 = g[0], g1 = g[step], g2 = g[2 * step];
    const V even = (g0 + g2 * T(0.5)) * T(-2.0 / 3), odd = g1 * (a<T> * T(-2.0 / 3));
    const V even_b = (g0 + g2 * T(2)) * T(1.0 / 6), odd_b = g1 * (b<T> * T(1.0 / 6));
    out[0] = g0;
    out[1] = even + odd;
    out[2] = even - odd;
    out[3] = even_b + odd_b;
    out[4] = even_b - odd_b;
    out[5] = g2;
  }
  static INLINE void spread(const V* d, int step, V* out) {         // A: 4 to 6
    const V d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
    const V even = d0 + d2 * T(0.5), odd = d1 * a<T> + d3 * (a<T> / 2);
    const V even_b = d0 + d2 * T(2), odd_b = d1 * b<T> + d3 * (b<T> * 2);
    out[0] = d0;
    out[1] = even + odd;
    out[2] = even - odd;
    out[3] = even_b + odd_b;
    out[4] = even_b - odd_b;
    out[5] = d3;
  }
  static INLINE void collect(const V* m, int step, V* out) {        // G^T: 6 to 3
    const V sum = (m[step] + m[2 * step]) * T(-2.0 / 3), difference = (m[step] - m[2 * step]) * (a<T> * T(-2.0 / 3));
    const V sum_b = (m[3 * step] + m[4 * step]) * T(1.0 / 6), difference_b = (m[3 * step] - m[4 * step]) * (b<T> * T(1.0 / 6));
    out[0] = m[0] + sum + sum_b;
    out[1] = difference + difference_b;
    out[2] = sum * T(0.5) + sum_b * T(2) + m[5 * step];
  }
};

// Applies a transform from N to M numbers to the columns of an N x N block, then to the rows: M x M.
template <class T, int N, int M, void (*transform)(const Vec<T>*, int, Vec<T>*)> INLINE void both_ways(const Vec<T>* d, Vec<T>* out) {
  Vec<T> half[M * N], line[M];
  UNROLL for (int column = 0; column < N; column++) {
    transform(d + column, N, line);
    UNROLL for (int row = 0; row < M; row++) half[row * N + column] = line[row];
  }
  UNROLL for (int row = 0; row < M; row++) transform(half + row * N, 1, out + row * M);
}

template <class T, int N, void (*transform)(const Vec<T>*, int, Vec<T>*)> void patch(const convstep::WinogradIn<T>& args) {
  constexpr int L = lanes<T>, M = convstep::winograd_in;
  for (Index c = 0; c < args.channels; c += L) {
    const int n = args.channels - c < L ? int(args.channels - c) : L;
    Vec<T> d[N * N], out[M * M];
    if (n == L) {
      UNROLL for (int i = 0; i < N * N; i++) d[i] = load(args.pixels[i] + c);
    } else {
      for (int i = 0; i < N * N; i++) d[i] = load_some(args.pixels[i] + c, n);
    }
    both_ways<T, N, M, transform>(d, out);
    T* to = args.points + c;
    if (n == L) {
      UNROLL for (int i = 0; i < M * M; i++) store(to + i * args.point_step, out[i]);
    } else {
      for (int i = 0; i < M * M; i++) store_some(to + i * args.point_step, out[i], n);
    }
  }
}

template <class T> bool output(const convstep::WinogradOut<T>& args) {
  constexpr int L = lanes<T>, N = convstep::winograd_in, M = convstep::winograd_out;
  Vec<T> bad{};                        // 0 * y: zero, or NaN where y is not finite
  for (Index c = 0; c < args.channels; c += L) {
    const int n = args.channels - c < L ? int(args.channels - c) : L;
    Vec<T> m[N * N], y[M * M];
    UNROLL for (int i = 0; i < N * N; i++) m[i] = load(args.points + i * args.point_step + c);
    both_ways<T, N, M, Transform<T>::output>(m, y);
    const Vec<T> bias = load(args.bias + c);
    T* const out = args.out + c;
    if (args.rows == M && args.columns == M && n == L) {
      UNROLL for (int i = 0; i < M * M; i++) {
        const Vec<T> sum = y[i] + bias;
        bad += sum * T(0);
        store(out + i / M * args.row + i % M * args.pixel, activate<T>(sum, args.activation));
      }
      continue;
    }
    for (int row = 0; row < args.rows; row++)
      for (int column = 0; column < args.columns; column++) {
        const Vec<T> sum = y[row * M + column] + bias;
        bad += sum * T(0);
        store_some(out + row * args.row + column * args.pixel, activate<T>(sum, args.activation), n);
      }
  }
  bool finite = true;
  for (int i = 0; i < L; i++) finite &= bad[i] == 0;
  return finite;
}

template <class T, int N, int M, void (*transform)(const Vec<T>*, int, Vec<T>*)> void filters(const convstep::WinogradFilter<T>& args) {
  constexpr int L = lanes<T>;
  for (Index i = 0; i < args.count; i += L) {
    const int n = args.count - i < L ? int(args.count - i) : L;
    Vec<T> from[N * N], to[M * M];
    UNROLL for (int p = 0; p < N * N; p++) from[p] = load_some(args.from + p * args.from_step + i, n);
    both_ways<T, N, M, transform>(from, to);
    UNROLL for (int p = 0; p < M * M; p++) {
      T* const at = args.to + p * args.to_step + i;
      store_some(at, args.accumulate ? to[p] + load_some(at, n) : to[p], n);
    }
  }
}

template <class T> constexpr convstep::Winograd<T> make() {
  using F = Transform<T>;
  return {patch<T, 6, F::input>, patch<T, 4, F::spread>, output<T>, filters<T, 3, 6, F::filter>, filters<T, 6, 3, F::collect>};
}

constexpr convstep::Both<convstep::Winograd> table{make<float>(), make<double>()};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Winograd> winograd;
const Both<Winograd> winograd = table;

}  // namespace convstep::CONVSTEP_TARGET
