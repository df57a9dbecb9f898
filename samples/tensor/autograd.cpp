// Gradients: a straight line through points, found by going against the gradient of its error. Every line can be stepped through.
#include <iostream>

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

int main() {
  using namespace argent::tensor;
  const Tensor x = from_values({0, 1, 2, 3}), y = from_values({1, 3, 5, 7});  // y = 2 x + 1
  Tensor slope = zeros({}).requires_grad(true), offset = zeros({}).requires_grad(true);
  for (int step = 0; step < 500; step++) {
    const Tensor error = sum(square(slope * x + offset - y));
    const std::vector<Tensor> gradient = gradients(error, {slope, offset});
    const NoGrad off;
    slope -= gradient[0] * 0.02;
    offset -= gradient[1] * 0.02;
  }
  std::cout << slope << "\n" << offset << "\n";
  return slope.item() > 1.999 && slope.item() < 2.001 && offset.item() > 0.999 && offset.item() < 1.001 ? 0 : 1;
}
