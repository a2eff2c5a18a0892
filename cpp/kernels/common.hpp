// Names that every family of kernels shares.
#pragma once
#include <cstdint>

namespace convstep {

using Index = std::int64_t;

enum class Activation { none, relu, leaky_relu, relu6 };
constexpr int activations = 4;

// A family of kernels in both types.
template <template <class> class Family> struct Both {
  Family<float> f32;
  Family<double> f64;
};

template <class T, template <class> class Family> const Family<T>& pick(const Both<Family>& both) {
  if constexpr (sizeof(T) == sizeof(float)) return both.f32;
  else return both.f64;
}

}  // namespace convstep
