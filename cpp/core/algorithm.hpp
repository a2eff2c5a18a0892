// Which algorithm a convolution runs on: the one place that decides.
//
// Assumes: nothing of threads: the choice depends on the shape, the type, the target and what the user asked for, so that
// results have the same bits for any number of threads.
#pragma once
#include <string>
#include <vector>
#include "conv2d.hpp"

namespace convstep {

enum class Pass { forward, input_grad, weight_grad };
// direct: gather.cpp and weight_grad.cpp, which take every shape; banded, planar: few channels;
// winograd: 3x3 filters at stride 1; grouped: groups of few channels, one too (depthwise);
// dense: 1x1 filters on a few pixels.
enum class Algorithm { direct, banded, winograd, grouped, planar, dense };

template <class T> Algorithm choose(Pass pass, const ConvShape& shape);   // the cheapest that fits

// "exact" rules out what rounds worse than direct summation. For the whole process; false if there is no such precision.
bool set_precision(const std::string& name);
const char* precision();

// Makes `choose` return this algorithm wherever it fits, cheap or not; "" lets it choose. For tests and benchmarks.
bool force_algorithm(const std::string& name);
std::vector<std::string> algorithm_names();

}  // namespace convstep
