// The kernels that go over arrays once, number by number (core/elementwise.hpp): their arguments and their table.
#pragma once
#include "common.hpp"

namespace convstep {

// What map makes of a and b; b is a where one array is enough. The backward ones take the gradient and the output.
enum class Map {
  relu, leaky_relu, relu6,
  relu_backward, leaky_relu_backward, relu6_backward,
  add, add_relu, add_leaky_relu, add_relu6,
};
constexpr int maps = 10;

// velocity = momentum * velocity + grad; params -= rate * velocity, or * (grad + momentum * velocity) by Nesterov.
template <class T> struct SgdStep {
  T* params;
  const T* grads;
  T* velocity;               // null without momentum
  Index n;
  T rate, momentum, weight_decay;
  bool nesterov;
};

// mean and square move towards grad and its square; params -= rate * mean / (sqrt(square / correction) + epsilon).
template <class T> struct AdamStep {
  T* params;
  const T* grads;
  T *mean, *square;
  Index n;
  T rate, beta1, rest1, beta2, rest2;   // rest: 1 - beta, rounded once
  T correction, epsilon;
  T weight_decay;            // added to the gradient, times params
  T keep;                    // params are multiplied with it first, unless it is 1
};

template <class T> struct Elementwise {
  void (*map[maps])(const T* a, const T* b, T* out, Index n);   // out may be a
  void (*sgd)(const SgdStep<T>&);
  void (*adam)(const AdamStep<T>&);
};

}  // namespace convstep
