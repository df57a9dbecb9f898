// samples/usage_error.h - the command line asks for what makes no sense: exit status 2, and a hint at --help.
#pragma once

#include "models/runtime/error.h"

namespace argent {

class UsageError : public Error {
 public:
  using Error::Error;
};

}  // namespace argent
