// The targets of this build, and the one in use.
#pragma once
#include <string>
#include <vector>
#include "../kernels/kernels.hpp"

namespace convstep {

const std::vector<const Target*>& runnable_targets();    // what this processor and system can run, best first
const Target& current_target();                          // the best one, until another is selected
bool select_target(const std::string& name);             // for the whole process; false if it is not runnable

}  // namespace convstep
