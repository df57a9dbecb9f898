// Random programs of views and writes: values against PyTorch's and an oracle of index maps, gradients against PyTorch's.
// tests/models/view_chain/generate.py writes them; ARGENT_TORCH_DUMP names its folder, CTest makes it first.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include "models/tensor/autograd.h"
#include "models/tensor/ops.h"
#include "tests/models/view_chain/index_maps.h"

namespace argent::tensor {
namespace {

using nlohmann::json;

/// Of all programs: how it went.
struct Counts {
  int chains = 0, steps = 0, writes = 0, values = 0, gradients = 0;
  int refused_by_both = 0, allowed_here_alone = 0;  ///< steps that torch refuses
  int other_orders = 0;  ///< a copy's axes lie in another order than torch's, so that one shares a storage and the other does not
  int gradient_refused_by_both = 0, gradient_here_alone = 0;  ///< backward() that torch refuses
  int ambiguous = 0;  ///< given here; torch has no gradient of a view made without them when its base is written with them
  std::map<std::string, int> refused_here_alone;  ///< by step or "backward", with the words of the error
};

std::string without_numbers(std::string text) {
  std::string result;
  for (char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) == 0) result += c;
  }
  return result.substr(0, 110);
}

class Replay {
 public:
  Replay(const json& chain, Counts& counts) : chain_(chain), counts_(counts) {}

  /// False: the program could not be followed to its end; what was found until then was right.
  bool run() {
    for (const json& step : chain_["steps"]) {
      counts_.steps++;
      const int mode = step[1];
      const bool refused = mode >= 2;
      const std::string name = step[0];
      try {
        const GradientMode gradients((mode & 1) == 0);
        perform(name, step);
      } catch (const Error& error) {
        if (refused) {
          counts_.refused_by_both++;
          continue;
        }
        counts_.refused_here_alone[name + ": " + without_numbers(error.what())]++;
        return false;
      }
      if (other_order_) {
        counts_.other_orders++;
        return false;
      }
      oracle_.step(step);
      if (refused) {
        counts_.allowed_here_alone++;
        expect_oracle();
        return false;
      }
    }
    expect_oracle();
    return true;
  }

  void expect_values(std::ifstream& values) {
    for (std::size_t i = 0; i < tensors_.size(); i++) expect_equal(tensors_[i], read(values, tensors_[i].count()), 0, "torch");
  }

  /// The numbers of the gradients, read whether or not they can be compared.
  void expect_gradients(std::ifstream& values, bool followed) {
    if (!chain_.contains("loss")) return;
    std::vector<std::vector<double>> truth;
    std::vector<std::size_t> wanted;
    const json present = chain_.value("gradients", json::array());
    for (const json& step : chain_["steps"]) {
      if (step[0] == "leaf" && step[3] == 1) wanted.push_back(step[2]);
    }
    for (std::size_t i = 0; i < present.size(); i++) {
      const std::int64_t count = leaf_shape(wanted[i]).count();
      truth.push_back(present[i] == 1 ? read(values, count) : std::vector<double>(static_cast<std::size_t>(count), 0.0));
    }
    if (!followed) return;
    std::vector<Tensor> leaves, found;
    for (std::size_t leaf : wanted) leaves.push_back(tensors_[leaf]);
    try {
      const Tensor total = loss();
      found.resize(leaves.size());
      if (total.requires_grad()) found = gradients(std::span(&total, 1), leaves);
    } catch (const Error& error) {
      if (chain_.contains("refused"))
        counts_.gradient_refused_by_both++;
      else
        counts_.refused_here_alone["backward: " + without_numbers(error.what())]++;
      return;
    }
    if (present.empty()) counts_.ambiguous++;
    if (!present.empty() && chain_.contains("refused")) counts_.gradient_here_alone++;
    for (std::size_t i = 0; i < truth.size(); i++, counts_.gradients++) {
      const Tensor gradient = found[i].defined() ? found[i] : zeros(leaves[i].shape(), DType::kF64);
      expect_equal(gradient, truth[i], 1e-10, "torch's gradient");
    }
  }

 private:
  static std::vector<double> read(std::ifstream& values, std::int64_t count) {
    std::vector<double> result(static_cast<std::size_t>(count));
    values.read(reinterpret_cast<char*>(result.data()), static_cast<std::streamsize>(result.size() * sizeof(double)));
    EXPECT_TRUE(values.good());
    return result;
  }

  Dims leaf_shape(std::size_t leaf) const {
    for (const json& step : chain_["steps"]) {
      if (step[0] == "leaf" && step[2] == leaf) return dims_of(step[4]);
    }
    return {};
  }

  Tensor loss() const {
    Tensor total = zeros({}, DType::kF64);
    for (const json& root : chain_["loss"]) {
      const Tensor& x = tensors_[root[0].get<std::size_t>()];
      total = total + (root[1] == 1 ? sum(x) : sum(x * x));
    }
    return total;
  }

  void perform(const std::string& name, const json& step) {
    if (name == "leaf") {
      Tensor leaf = from_values(step[5].get<std::vector<double>>(), dims_of(step[4]), DType::kF64);
      tensors_.push_back(leaf.requires_grad(step[3] == 1));
    } else if (name == "times" || name == "times_number" || name == "plus_number") {
      const Tensor a = tensors_[step[3].get<std::size_t>()];
      if (name == "times") tensors_.push_back(a * tensors_[step[4].get<std::size_t>()]);
      if (name == "times_number") tensors_.push_back(a * step[4].get<double>());
      if (name == "plus_number") tensors_.push_back(a + step[4].get<double>());
    } else if (name.starts_with("add") || name.starts_with("multiply") || name == "assign" || name == "fill") {
      counts_.writes++;
      write(name, step);
    } else {
      tensors_.push_back(view(name, tensors_[step[3].get<std::size_t>()], step));
    }
  }

  Tensor view(const std::string& name, const Tensor& x, const json& step) {
    if (name == "view") return x.view(dims_of(step[4]));
    if (name == "permute") return x.permute(dims_of(step[4]));
    if (name == "transpose") return x.transpose(step[4], step[5]);
    if (name == "slice") return x.slice(step[4], step[5], step[6], step[7]);
    if (name == "select") return x.select(step[4], step[5]);
    if (name == "expand") return x.expand(dims_of(step[4]));
    if (name == "unsqueeze") return x.unsqueeze(step[4]);
    if (name == "squeeze") return x.squeeze(step[4]);
    if (name == "detach") return x.detach();
    if (name == "clone") return x.clone();
    if (name == "flip") return flip(x, dims_of(step[4]));
    const Tensor result = name == "reshape" ? x.reshape(dims_of(step[4])) : x.contiguous();
    other_order_ = result.shares_storage_with(x) != (step.back() == 1);
    return result;
  }

  void write(const std::string& name, const json& step) {
    Tensor target = tensors_[step[2].get<std::size_t>()];
    if (name == "add_number") {
      target += step[3].get<double>();
    } else if (name == "multiply_number") {
      target *= step[3].get<double>();
    } else if (name == "fill") {
      target.assign(step[3].get<double>());
    } else {
      const Tensor& other = tensors_[step[3].get<std::size_t>()];
      if (name == "add") target += other;
      if (name == "multiply") target *= other;
      if (name == "assign") target.assign(other);
    }
  }

  void expect_oracle() {
    for (std::size_t i = 0; i < tensors_.size(); i++) {
      ASSERT_EQ(tensors_[i].shape(), oracle_.shape(i)) << chain_;
      expect_equal(tensors_[i], oracle_.values(i), 0, "the index maps");
    }
  }

  /// Within `tolerance` of the largest.
  void expect_equal(const Tensor& found, const std::vector<double>& expected, double tolerance, const char* whose) {
    const std::vector<double> values = found.values();
    ASSERT_EQ(values.size(), expected.size()) << chain_;
    double scale = 1;
    for (double value : expected) scale = std::max(scale, std::abs(value));
    for (std::size_t i = 0; i < values.size(); i++) {
      counts_.values++;
      ASSERT_LE(std::abs(values[i] - expected[i]), tolerance * scale)
          << "element " << i << ": " << values[i] << ", of " << whose << " " << expected[i] << "\n"
          << chain_;
    }
  }

  const json& chain_;
  Counts& counts_;
  IndexMaps oracle_;
  std::vector<Tensor> tensors_;
  bool other_order_ = false;
};

/// How many numbers a program's tensors have in the file.
std::int64_t value_count(const json& chain) {
  IndexMaps maps;
  std::int64_t total = 0;
  std::size_t tensors = 0;
  for (const json& step : chain["steps"]) {
    if (step[1].get<int>() >= 2) continue;
    maps.step(step);
    if (step[2].get<std::size_t>() == tensors) total += maps.shape(tensors++).count();
  }
  return total;
}

TEST(ViewChain, ValuesAndGradientsAreTorchs) {
  const char* folder = std::getenv("ARGENT_TORCH_DUMP");
  ASSERT_NE(folder, nullptr) << "make chains: tests/models/view_chain/generate.py 10000 FOLDER";
  std::ifstream chains(std::string(folder) + "/chains.jsonl"), values(std::string(folder) + "/values.bin", std::ios::binary);
  ASSERT_TRUE(chains && values) << "no chains in " << folder;
  Counts counts;
  std::string line;
  while (std::getline(chains, line) && !HasFailure()) {
    const json chain = json::parse(line);
    Replay replay(chain, counts);
    const bool followed = replay.run();
    counts.chains++;
    if (followed)
      replay.expect_values(values);
    else
      values.seekg(value_count(chain) * static_cast<std::int64_t>(sizeof(double)), std::ios::cur);
    replay.expect_gradients(values, followed);
  }
  int refused_here_alone = 0;
  for (const auto& [why, number] : counts.refused_here_alone) refused_here_alone += number;
  std::cout << counts.chains << " chains, " << counts.steps << " steps, " << counts.writes << " writes, " << counts.values << " values, "
            << counts.gradients << " gradients\nsteps that torch refuses: " << counts.refused_by_both << " here, too, "
            << counts.allowed_here_alone << " right by the index maps\ngradients that torch refuses: " << counts.gradient_refused_by_both
            << " here, too, " << counts.gradient_here_alone << " right here, " << counts.ambiguous
            << " of views made without gradients\nother order of axes: " << counts.other_orders
            << "\nrefused here alone: " << refused_here_alone << "\n";
  for (const auto& [why, number] : counts.refused_here_alone) std::cout << "  " << number << " " << why << "\n";
  EXPECT_GE(counts.chains, 1000);
  EXPECT_GE(counts.gradients, counts.chains / 3);
  EXPECT_LE(refused_here_alone, counts.chains / 100);
  EXPECT_LE(counts.other_orders, counts.chains / 50);
}

}  // namespace
}  // namespace argent::tensor
