#include "tests/benchmarks/torch_peer.h"

#include <dlfcn.h>
#include <torch/torch.h>

#include <fstream>
#include <memory>

namespace argent::benchmarks {
namespace {

torch::TensorOptions f32() { return torch::TensorOptions().dtype(torch::kFloat32); }

torch::Tensor laid_out(const torch::Tensor& x, Layout layout) {
  return layout == Layout::kChannelsLast ? x.contiguous(torch::MemoryFormat::ChannelsLast) : x;
}

std::string loaded_blas() {
  std::ifstream maps("/proc/self/maps");
  std::string found = "no BLAS";
  for (std::string line; std::getline(maps, line);) {
    const auto path = line.find('/');
    if (path != std::string::npos && line.find("blas") != std::string::npos) found = line.substr(path);
  }
  return found;
}

}  // namespace

std::string start_torch() {
  at::set_num_threads(1);
  // OpenBLAS has threads of its own, which libtorch does not know of.
  if (void* set_threads = dlsym(RTLD_DEFAULT, "openblas_set_num_threads")) reinterpret_cast<void (*)(int)>(set_threads)(1);
  torch::manual_seed(1);
  return std::string("libtorch ") + TORCH_VERSION + ", " + loaded_blas();
}

std::function<void()> torch_product(int n) {
  const auto a = torch::rand({n, n}, f32()), b = torch::rand({n, n}, f32());
  auto c = torch::empty({n, n}, f32());
  return [a, b, c]() mutable {
    const torch::NoGradGuard off;
    torch::mm_out(c, a, b);
  };
}

std::function<void()> torch_conv(int channels, int size, Layout layout) {
  const auto x = laid_out(torch::rand({1, channels, size, size}, f32()), layout);
  const auto w = laid_out(torch::rand({channels, channels, 3, 3}, f32()), layout), b = torch::rand({channels}, f32());
  return [x, w, b] {
    const torch::NoGradGuard off;
    torch::conv2d(x, w, b, 1, 1);
  };
}

std::function<void()> torch_training_step(int batch, Layout layout) {
  struct Net {
    std::vector<torch::Tensor> weights, biases;
    torch::Tensor x, target, head, head_bias;
    std::unique_ptr<torch::optim::SGD> optimizer;
  };
  auto net = std::make_shared<Net>();
  const int channels[] = {3, 16, 32, 64, 64};
  std::vector<torch::Tensor> parameters;
  for (int i = 0; i < 4; i++) {
    net->weights.push_back(laid_out(torch::randn({channels[i + 1], channels[i], 3, 3}, f32()) * 0.1, layout).requires_grad_());
    net->biases.push_back(torch::zeros({channels[i + 1]}, f32()).requires_grad_());
    parameters.push_back(net->weights.back());
    parameters.push_back(net->biases.back());
  }
  net->head = (torch::randn({2, 64}, f32()) * 0.1).requires_grad_();
  net->head_bias = torch::zeros({2}, f32()).requires_grad_();
  parameters.push_back(net->head);
  parameters.push_back(net->head_bias);
  net->x = laid_out(torch::rand({batch, 3, 64, 64}, f32()), layout);
  net->target = torch::rand({batch, 2}, f32());
  net->optimizer = std::make_unique<torch::optim::SGD>(parameters, 1e-3);
  return [net] {
    torch::Tensor h = net->x;
    for (int i = 0; i < 4; i++) {
      const auto n = static_cast<std::size_t>(i);
      h = torch::relu(torch::conv2d(h, net->weights[n], net->biases[n], i < 3 ? 2 : 1, 1));
    }
    const auto loss = torch::mse_loss(torch::linear(h.mean({2, 3}), net->head, net->head_bias), net->target);
    net->optimizer->zero_grad();
    loss.backward();
    net->optimizer->step();
  };
}

std::function<void()> torch_white_balance(int times) {
  struct Planes {
    torch::nn::Conv2d first{torch::nn::Conv2dOptions(4, 16, 3).padding(1)},
        second{torch::nn::Conv2dOptions(16, 32, 3).stride(2).padding(1)}, third{torch::nn::Conv2dOptions(32, 32, 3).stride(2).padding(1)};
    torch::nn::Linear hidden{66, 64}, last{64, 66};
  };
  struct Net {
    torch::Tensor histograms = torch::rand({1, 66, 722}, f32()), facts = torch::rand({1, 66, 3}, f32()), filter = torch::rand({722}, f32());
    torch::nn::Linear of_facts{3, 12}, score{12, 1};
    torch::Tensor planes = torch::rand({1, 4, 32, 32}, f32()), strength = torch::rand({1, 2}, f32());
    Planes nets[2];
  };
  return [net = std::make_shared<Net>(), times] {
    const torch::NoGradGuard off;
    for (int i = 0; i < times; i++) {
      const auto scores = torch::matmul(net->histograms, net->filter) * 20 + net->score(torch::tanh(net->of_facts(net->facts))).squeeze(-1);
      const auto colors = torch::log_softmax(scores, 1);
      for (Planes& p : net->nets) {
        const auto x = torch::relu(p.third(torch::relu(p.second(torch::relu(p.first(net->planes))))));
        const auto seen = torch::cat({x.mean({2, 3}), x.amax({2, 3}), net->strength}, 1);
        const auto zones = torch::log_softmax(p.last(torch::relu(p.hidden(seen))), 1);
      }
    }
  };
}

std::function<void()> torch_small_sums(int times, bool recorded) {
  const auto p = torch::rand({16}, f32()).set_requires_grad(recorded), q = torch::rand({16}, f32());
  return [p, q, times, recorded] {
    const torch::AutoGradMode mode(recorded);
    for (int i = 0; i < times; i++) const auto r = p + q;
  };
}

}  // namespace argent::benchmarks
