// What the register tiles of every family share: their sizes, and the activation of what they store.
//
// Assumes: included by kernels alone, after vec.hpp.
#pragma once
#include "activate.hpp"

namespace {

constexpr int widest = registers == 32 ? 4 : 2;   // vectors of channels: with 16 registers a wider tile has too few rows

// The tallest tile of V vectors: R*V sums, V weights and one broadcast value fit the registers.
constexpr int rows_for(int V) {
  const int fit = (registers - 1 - V) / V, most = registers == 32 ? 16 : 12;   // taller ones gain nothing
  return fit < most ? fit : most;
}

}  // namespace
