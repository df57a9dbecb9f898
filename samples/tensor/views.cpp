// Views and copies: what shares numbers with what, and what gradients make of writes.
#include <cstdio>
#include <iostream>

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"

int main() try {
  using namespace argent::tensor;
  Tensor image = arange(12, DType::kF32).view({3, 4});
  const Tensor before = image.clone();   // clone() always copies
  Tensor column = image.slice(1, 1, 2);  // slice, permute, expand, view never do
  column += 100;                         // so the image sees this
  std::cout << image << "\n" << image - before << "\n";
  std::cout << "shares: slice " << column.shares_storage_with(image) << ", clone " << before.shares_storage_with(image) << ", reshape "
            << image.transpose(0, 1).reshape({12}).shares_storage_with(image) << " (had to copy)\n";
  try {
    (void)image.transpose(0, 1).view({12});  // view() never copies behind your back
  } catch (const argent::Error& error) {
    std::cout << error.what() << "\n";
  }

  // A write through a view is part of the tape: y is 2 x, then its first two elements are multiplied by 10.
  Tensor x = ones({3}).requires_grad(true);
  Tensor y = x * 2;
  y.slice(0, 0, 2) *= 10;
  sum(y).backward();
  std::cout << x.grad() << "\n";  // 20, 20, 2
  const bool right = x.grad().values() == std::vector<double>{20, 20, 2};

  // What the tape has saved must not change before it is needed: the loss below is an error, not a wrong gradient.
  Tensor z = x * 1;
  const Tensor squares = sum(z * z);
  z += 1;
  try {
    squares.backward();
  } catch (const argent::Error& error) {
    std::cout << error.what() << "\n";
    return right ? 0 : 1;
  }
  return 1;
} catch (const std::exception& error) {
  std::fprintf(stderr, "tensor_views: %s\n", error.what());
  return 1;
}
