#include "models/tensor/tensor_state.h"

#include "models/tensor/node.h"

namespace argent::tensor {

TensorState::TensorState() = default;
TensorState::~TensorState() = default;

void TensorState::destroy(TensorState* state) noexcept { delete state; }

}  // namespace argent::tensor
