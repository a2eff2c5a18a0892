// Looking for infinities and NaNs. What lies in the padding adds nothing, but the kernels multiply it: zero times infinity is NaN.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>
#include "../kernels/kernels.hpp"

namespace convstep {

// Assumes: compiled without -ffinite-math-only.
template <class T> bool all_finite(const T* values, Index n) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  Bits found = 0;
  for (Index i = 0; i < n; i++) {
    const T zero = values[i] - values[i];   // or NaN
    Bits bits;
    std::memcpy(&bits, &zero, sizeof(T));
    found |= bits;                          // as integers, which compilers turn into vectors
  }
  return Bits(found << 1) == 0;             // whatever the sign of zero
}

}  // namespace convstep
