// Capture: a whole training step (forward, backward, the weights' update) recorded as a graph, printed, and run again bit for bit.
#include <cstdio>

#include "models/tensor/autograd.h"
#include "models/tensor/graph.h"
#include "models/tensor/layers/linear.h"
#include "models/tensor/ops.h"

using namespace argent::tensor;

namespace {

/// A network of two layers and one step against the gradient of its error; returns the error before the step.
struct Learner {
  Generator random{7};
  Linear hidden{2, 8, random}, last{8, 1, random};

  Tensor step(const Tensor& x, const Tensor& y) {
    const Tensor error = mean(square(last(tanh(hidden(x))) - y));
    const std::vector<Tensor> weights{hidden.weight, hidden.bias, last.weight, last.bias};
    const std::vector<Tensor> of_weights = gradients(std::vector{error}, weights);
    const NoGrad off;
    for (std::size_t i = 0; i < weights.size(); i++) Tensor(weights[i]) -= of_weights[i] * 0.1;
    return error;
  }
};

}  // namespace

int main() try {
  const Tensor x = from_values(std::vector<double>{0, 0, 0, 1, 1, 0, 1, 1}, {4, 2}),
               y = from_values(std::vector<double>{0, 1, 1, 0}, {4, 1});
  Learner eager, captured;
  // The trace runs the step once, and records it.
  const Graph graph = trace([&](std::span<const Tensor> in) { return std::vector{captured.step(in[0], in[1])}; }, {x, y});
  std::printf("%s\n", graph.text().c_str());
  (void)eager.step(x, y);
  for (int i = 0; i < 200; i++) {
    const double now = eager.step(x, y).item(), replayed = graph.run({x, y})[0].item();
    if (i % 50 == 49) std::printf("step %3d: error %.9f, of the graph %.9f\n", i + 1, now, replayed);
    if (now != replayed) return 1;
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "tensor_capture: %s\n", error.what());
  return 1;
}
