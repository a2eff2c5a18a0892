// The kernels that go over arrays once. Lanes are numbers that lie side by side.
#include "elementwise.hpp"

#include "activate.hpp"

namespace {

using convstep::Activation;
using convstep::Index;
using convstep::Map;

// Calls step(first element, lanes in use) along n elements.
template <class T, class Step> INLINE void for_each_vector(Index n, Step step) {
  Index i = 0;
  for (; i + lanes<T> <= n; i += lanes<T>) step(i, lanes<T>);
  if (i < n) step(i, int(n - i));
}

template <class T> INLINE Vec<T> get(const T* p, int n) { return n == lanes<T> ? load(p) : load_some(p, n); }
template <class T> INLINE void put(T* p, Vec<T> v, int n) { n == lanes<T> ? store(p, v) : store_some(p, v, n); }

template <class T, Map map> INLINE Vec<T> value(const T* a, const T* b, int n) {
  const Vec<T> first = get(a, n);
  if constexpr (map == Map::relu) return activate<T>(first, Activation::relu);
  if constexpr (map == Map::leaky_relu) return activate<T>(first, Activation::leaky_relu);
  if constexpr (map == Map::relu6) return activate<T>(first, Activation::relu6);
  if constexpr (map <= Map::relu6) return first;
  const Vec<T> second = get(b, n);
  if constexpr (map == Map::relu_backward) return activate_backward<T>(first, second, Activation::relu);
  if constexpr (map == Map::leaky_relu_backward) return activate_backward<T>(first, second, Activation::leaky_relu);
  if constexpr (map == Map::relu6_backward) return activate_backward<T>(first, second, Activation::relu6);
  if constexpr (map == Map::add_relu) return activate<T>(first + second, Activation::relu);
  if constexpr (map == Map::add_leaky_relu) return activate<T>(first + second, Activation::leaky_relu);
  if constexpr (map == Map::add_relu6) return activate<T>(first + second, Activation::relu6);
  return first + second;
}

template <class T, Map map> void run(const T* a, const T* b, T* out, Index n) {
  for_each_vector<T>(n, [&](Index i, int some) { put(out + i, value<T, map>(a + i, b + i, some), some); });
}

template <class T> void sgd(const convstep::SgdStep<T>& args) {
  const convstep::SgdStep<T> a = args;         // a copy that no store can change
  for_each_vector<T>(a.n, [&](Index i, int some) {
    const Vec<T> params = get(a.params + i, some);
    Vec<T> grad = get(a.grads + i, some);
    if (a.weight_decay != 0) grad += a.weight_decay * params;
    if (a.velocity) {
      const Vec<T> velocity = a.momentum * get(a.velocity + i, some) + grad;
      put(a.velocity + i, velocity, some);
      grad = a.nesterov ? grad + a.momentum * velocity : velocity;
    }
    put(a.params + i, params - a.rate * grad, some);
  });
}

template <class T> void adam(const convstep::AdamStep<T>& args) {
  const convstep::AdamStep<T> a = args;
  for_each_vector<T>(a.n, [&](Index i, int some) {
    Vec<T> params = get(a.params + i, some), grad = get(a.grads + i, some);
    if (a.keep != 1) params *= a.keep;
    if (a.weight_decay != 0) grad += a.weight_decay * params;
    const Vec<T> mean = a.beta1 * get(a.mean + i, some) + a.rest1 * grad;
    const Vec<T> square = a.beta2 * get(a.square + i, some) + a.rest2 * (grad * grad);
    put(a.mean + i, mean, some);
    put(a.square + i, square, some);
    put(a.params + i, params - a.rate * (mean / (root(square / a.correction) + a.epsilon)), some);
  });
}

template <class T> constexpr convstep::Elementwise<T> functions{
    {run<T, Map::relu>, run<T, Map::leaky_relu>, run<T, Map::relu6>, run<T, Map::relu_backward>, run<T, Map::leaky_relu_backward>,
     run<T, Map::relu6_backward>, run<T, Map::add>, run<T, Map::add_relu>, run<T, Map::add_leaky_relu>, run<T, Map::add_relu6>},
    sgd<T>, adam<T>};

constexpr convstep::Both<convstep::Elementwise> table{functions<float>, functions<double>};

}  // namespace

namespace convstep::CONVSTEP_TARGET {

extern const Both<Elementwise> elementwise;
const Both<Elementwise> elementwise = table;

}  // namespace convstep::CONVSTEP_TARGET
