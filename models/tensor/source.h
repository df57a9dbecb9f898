// models/tensor/source.h - the line of the user's program that called an operation.
#pragma once

#include <string>

namespace argent::tensor {

struct Source {
  const char* file = nullptr;  ///< as the compiler was given it; nullptr: unknown
  int line = 0;

  /// "train.cpp:42", without folders; empty when unknown.
  std::string text() const;
};

}  // namespace argent::tensor
