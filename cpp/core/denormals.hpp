// Flushing denormal numbers to zero, for as long as an object lives, on the thread that made it.
//
// Assumes: nothing; where the processor is unknown it does nothing. Denormals cost a hundredfold in time and carry no
// information that a float32 network keeps; float64 is left alone, since it serves as a reference.
#pragma once
#include <cstdint>
#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#endif

namespace convstep {

template <class T> class FlushDenormals {
 public:
  FlushDenormals() {}
};

#if defined(__x86_64__) || defined(_M_X64)
template <> class FlushDenormals<float> {
 public:
  FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040); }   // flush to zero, denormals are zero
  ~FlushDenormals() { _mm_setcsr(saved_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  unsigned saved_;
};
#elif defined(__aarch64__)
template <> class FlushDenormals<float> {
 public:
  FlushDenormals() {
    asm volatile("mrs %0, fpcr" : "=r"(saved_));
    asm volatile("msr fpcr, %0" : : "r"(saved_ | (std::uint64_t(1) << 24)) : "memory");
  }
  ~FlushDenormals() { asm volatile("msr fpcr, %0" : : "r"(saved_) : "memory"); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
  std::uint64_t saved_;
};
#endif

}  // namespace convstep
