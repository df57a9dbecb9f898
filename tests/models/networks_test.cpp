// Every network that the program or a sample uses: what a trace of it gives is what it gives itself, forward and in training.
#include <gtest/gtest.h>

#include <functional>

#include "models/networks/candidate_net.h"
#include "models/networks/plane_net.h"
#include "models/tensor/autograd.h"
#include "models/tensor/graph.h"
#include "models/tensor/ops.h"
#include "models/tensor/training/adam.h"

namespace argent {
namespace {

using namespace tensor;

struct Network {
  const char* name;
  /// The same weights each time.
  std::function<std::unique_ptr<Module>()> make;
  std::function<Tensor(Module&, std::span<const Tensor>)> forward;
  std::vector<Dims> inputs;
};

std::vector<Network> networks() {
  return {{"candidates",
           [] {
             Generator random(3);
             return std::make_unique<CandidateNet>(10, 3, random);
           },
           [](Module& net, std::span<const Tensor> in) { return static_cast<CandidateNet&>(net).forward(in[0], in[1]); },
           {{4, 5, 10}, {4, 5, 3}}},
          {"planes",
           [] {
             Generator random(3);
             return std::make_unique<PlaneNet>(PlaneNetSize{.planes = 2, .facts = 2, .width = 4, .classes = 5}, random);
           },
           [](Module& net, std::span<const Tensor> in) { return static_cast<PlaneNet&>(net).forward(in[0], in[1]); },
           {{4, 2, 8, 8}, {4, 2}}},
          {"illuminant classifier of samples/tensor",
           [] {
             Generator random(3);
             return std::make_unique<Sequential>(
                 Linear(81, 16, random), [](const Tensor& x) { return relu(x); }, Linear(16, 4, random));
           },
           [](Module& net, std::span<const Tensor> in) { return static_cast<Sequential&>(net).forward(in[0]); },
           {{6, 81}}}};
}

std::vector<Tensor> numbers(const Network& network, std::uint64_t seed) {
  Generator random(seed);
  std::vector<Tensor> all;
  for (const Dims& shape : network.inputs) all.push_back(uniform(random, shape, -1, 1));
  return all;
}

TEST(Networks, ForwardReplaysBitForBit) {
  for (const Network& network : networks()) {
    const auto net = network.make();
    set_mode(*net, Mode::kEvaluation);
    const Graph graph = trace([&](std::span<const Tensor> in) { return std::vector{network.forward(*net, in)}; }, numbers(network, 1));
    for (const std::uint64_t seed : {1U, 2U}) {
      const std::vector<Tensor> in = numbers(network, seed);
      EXPECT_EQ(graph.run(in)[0].values(), network.forward(*net, in).values()) << network.name;
    }
  }
}

TEST(Networks, TrainingStepsReplayBitForBit) {
  // Dropout, gradients and the optimizer's state are part of the graph.
  for (const Network& network : networks()) {
    const auto eager = network.make(), captured = network.make();
    Adam eager_adam(parameters(*eager), {.learning_rate = 0.01}), captured_adam(parameters(*captured), {.learning_rate = 0.01});
    const auto step = [&](Module& net, Adam& adam, std::span<const Tensor> in) {
      adam.zero_gradients();
      const Tensor loss = mean(square(network.forward(net, in)));
      loss.backward();
      adam.step();
      return loss;
    };
    const Graph graph =
        trace([&](std::span<const Tensor> in) { return std::vector{step(*captured, captured_adam, in)}; }, numbers(network, 0));
    step(*eager, eager_adam, numbers(network, 0));
    for (std::uint64_t i = 1; i < 4; i++) {
      const std::vector<Tensor> in = numbers(network, i);
      EXPECT_EQ(graph.run(in)[0].item(), step(*eager, eager_adam, in).item()) << network.name << " step " << i;
    }
    for (const auto& [name, weight] : state(*eager))
      EXPECT_EQ(state(*captured).at(name).values(), weight.values()) << network.name << " " << name;
  }
}

}  // namespace
}  // namespace argent
