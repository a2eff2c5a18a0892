// Looking for infinities and NaNs. What lies in the padding adds nothing, but the kernels multiply it: zero times infinity is NaN.
#pragma once
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include "../kernels/kernels.hpp"

namespace convstep {

template <class T> bool all_finite(const T* values, Index n) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  const T infinity = std::numeric_limits<T>::infinity();
  Bits exponent, bits, found = 0;
  std::memcpy(&exponent, &infinity, sizeof(T));
  for (Index i = 0; i < n; i++) {   // as integers, which compilers turn into vectors
    std::memcpy(&bits, values + i, sizeof(T));
    found |= Bits((bits & exponent) == exponent);
  }
  return found == 0;
}

}  // namespace convstep
