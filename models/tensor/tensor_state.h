// models/tensor/tensor_state.h - private: what a Tensor points to.
#pragma once

#include <cstdint>
#include <memory>

#include "models/runtime/dims.h"
#include "models/runtime/dtype.h"
#include "models/tensor/storage.h"

namespace argent::tensor {

struct GradientState;  // models/tensor/gradient_state.h

/// Strides and offset count elements, so an element lies at storage + (offset + sum of index * stride) * size_of(dtype).
struct TensorState final : public Counted {
  TensorState();

  Ref<Storage> storage;
  std::int64_t offset = 0;
  Dims shape;
  Dims strides;
  DType dtype = DType::kF32;

  Ref<TensorState> base;                ///< of a view: the tensor whose storage it looks at, itself no view
  std::uint32_t gradient_version = 0;   ///< of a view: storage's version when its place in the tape was taken
  bool made_without_gradients = false;  ///< of a view: made while gradients were off
  std::unique_ptr<GradientState> gradient;

  std::uint32_t traced_by = 0;  ///< the trace that knows this value, and as which
  int traced_as = -1;

  static void destroy(TensorState* state) noexcept;

 private:
  ~TensorState();
};

}  // namespace argent::tensor
