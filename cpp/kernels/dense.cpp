// The kernels of dense layers on a few rows. Lanes are columns of the weights.
//
// Assumes: as the tiles, that the arrays of vectors stay in registers: no address taken, loops over them unrolled.
#include "dense.hpp"

#include <utility>
#include "register_tile.hpp"

namespace {

using convstep::Activation;
using convstep::Index;

// Calls step(std::integral_constant<int, n>) for an n of 1 to N.
template <int N, class Step> INLINE void with_constant(Index n, Step step) {
  if constexpr (N > 1)
    if (n < N) return with_constant<N - 1>(n, step);
  step(std::integral_constant<int, N>());
}

// y[R rows] = start + the products of K rows of weights, from depth k on, in their order.
template <class T, int R, int K> INLINE void add_products(const convstep::DenseSums<T>& a, Index k) {
  constexpr int L = lanes<T>;
  const bool begins = k == 0, ends = k + K == a.depth;
  const T* const weight = a.weight + k * a.weight_step;
  const T* const x = a.x + k;
  for (Index c = 0; c < a.columns; c += L) {
    const int n = a.columns - c < L ? int(a.columns - c) : L;
    const auto get = [&](const T* p) { return n == L ? load(p) : load_some(p, n); };
    Vec<T> w[K], sum[R];
    UNROLL for (int i = 0; i < K; i++) {
      __builtin_prefetch(weight + (K + i) * a.weight_step + c);   // what comes next is far from here
      w[i] = get(weight + i * a.weight_step + c);
    }
    UNROLL for (int r = 0; r < R; r++) sum[r] = !begins ? get(a.y + r * a.y_step + c) : a.bias ? get(a.bias + c) : Vec<T>{};
    UNROLL for (int i = 0; i < K; i++) UNROLL for (int r = 0; r < R; r++) sum[r] += splat(x[r * a.x_step + i]) * w[i];
    UNROLL for (int r = 0; r < R; r++) {
      const Vec<T> y = ends ? activate<T>(sum[r], a.activation) : sum[r];
      if (n == L) store(a.y + r * a.y_step + c, y);
      else store_some(a.y + r * a.y_step + c, y, n);
    }
  }
}

template <class T> void sums(const convstep::DenseSums<T>& args) {
  const convstep::DenseSums<T> a = args;       // a copy that no store can change
  constexpr int K = 4;
  with_constant<convstep::dense_rows>(a.rows, [&](auto rows) {
    constexpr int R = decltype(rows)::value;
    Index k = 0;
    for (; k + K <= a.depth; k += K) add_products<T, R, K>(a, k);
    for (; k < a.depth; k++) add_products<T, R, 1>(a, k);
  });
}

template <class T, int S, int... I> INLINE Vec<T> fold(Vec<T> v, std::integer_sequence<int, I...> lane) {
  const Vec<T> sum = v + __builtin_shufflevector(v, v, ((I + S) % lanes<T>)...);
  if constexpr (S > 1) return fold<T, S / 2>(sum, lane);
  else return sum;
}
template <class T> INLINE T sum_of_lanes(Vec<T> v) { return fold<T, lanes<T> / 2>(v, std::make_integer_sequence<int, lanes<T>>())[0]; }

// dx[r][k] for R rows and K depths from (r, k) on.
template <class T, int R, int K> INLINE void dots_block(const convstep::DenseDots<T>& a, Index r, Index k) {
  constexpr int L = lanes<T>;
  Vec<T> sum[R][K];
  UNROLL for (int i = 0; i < R; i++) UNROLL for (int j = 0; j < K; j++) sum[i][j] = Vec<T>{};
  const T* const grad = a.grad + r * a.grad_step;
  const T* const weight = a.weight + k * a.weight_step;
  for (Index c = 0; c < a.columns; c += L) {
    const int n = a.columns - c < L ? int(a.columns - c) : L;
    const auto get = [&](const T* p) { return n == L ? load(p) : load_some(p, n); };
    Vec<T> g[R];
    UNROLL for (int i = 0; i < R; i++) g[i] = get(grad + i * a.grad_step + c);
    UNROLL for (int j = 0; j < K; j++) {
      const Vec<T> w = get(weight + j * a.weight_step + c);
      UNROLL for (int i = 0; i < R; i++) sum[i][j] += g[i] * w;
    }
  }
  UNROLL for (int i = 0; i < R; i++) UNROLL for (int j = 0; j < K; j++)
    a.dx[(r + i) * a.dx_step + k + j] = sum_of_lanes<T>(sum[i][j]);
}

template <class T, int K> INLINE void dots_of_rows(const convstep::DenseDots<T>& a, Index k) {
  constexpr int R = registers == 32 ? 4 : 2;
  Index r = 0;
  for (; r + R <= a.rows; r += R) dots_block<T, R, K>(a, r, k);
  for (; r < a.rows; r++) dots_block<T, 1, K>(a, r, k);
}

template <class T> void dots(const convstep::DenseDots<T>& args) {
  const convstep::DenseDots<T> a = args;       // a copy that no store can change
  Index k = 0;
  for (; k + 4 <= a.depth; k += 4) dots_of_rows<T, 4>(a, k);
  for (; k < a.depth; k++) dots_of_rows<T, 1>(a, k);
}

constexpr convstep::Both<convstep::Dense> table{{lanes<float>, sums<float>, dots<float>}, {lanes<double>, sums<double>, dots<double>}};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Dense> dense;
const Both<Dense> dense = table;

}  // namespace convstep::CONVSTEP_TARGET
