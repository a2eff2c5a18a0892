// What goes over arrays once, number by number: rectifiers and their gradients, sums of two arrays, the steps of optimizers.
//
// Assumes: dense arrays of n numbers. Results overlap nothing, but for `out`, which may be a or b itself.
#pragma once
#include "../kernels/kernels.hpp"

namespace convstep {

template <class T> void map(Map, Index n, const T* a, const T* b, T* out);   // b null where one array is enough
template <class T> void sgd(const SgdStep<T>&);
template <class T> void adam(const AdamStep<T>&);

// Elements from which waking another thread costs less than it saves: such work is limited by memory.
constexpr Index least_shared = 32 << 10;

}  // namespace convstep
