// The engine against PyTorch's own op tests: tests/models/opinfo/dump.py writes their samples and results, each entry is called here with
// the same arguments. ARGENT_TORCH_DUMP names the dump's folder; CTest makes it first.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>

#include "models/tensor/autograd.h"
#include "models/tensor/samples.h"
#include "tests/models/opinfo/entries.h"
#include "tests/models/opinfo/judge.h"

namespace argent::tensor::opinfo {
namespace {

using nlohmann::json;

/// What must have run at least, and may at most be missing. Torch 2.6 has renamed or dropped some entries.
struct Expected {
  const char* torch;  ///< the version starts with this
  int entries, samples, values, gradients;
  int unsupported_samples, missing_gradients;
};
constexpr Expected kExpected[] = {
    {"1.13", 430, 23500, 25500, 14000, 780, 20},
    {"2.6", 430, 24000, 26500, 14500, 800, 20},
};

struct Counts {
  int entries = 0, samples = 0, values = 0, gradients = 0;
  std::map<std::string, int> unsupported;        ///< samples, by entry and why
  std::map<std::string, int> missing_gradients;  ///< by entry
  std::vector<std::string> failing;              ///< entries, with their worst
};
Counts counts;

std::string folder() {
  const char* path = std::getenv("ARGENT_TORCH_DUMP");
  return path == nullptr ? "" : path;
}

std::string file_of(std::string_view entry) {
  std::string file(entry);
  std::replace(file.begin(), file.end(), ':', '~');
  return folder() + "/" + file;
}

const json& index_of_dump() {
  static const json index = [] {
    std::ifstream in(folder() + "/index.json");
    return in ? json::parse(in) : json();
  }();
  return index;
}

DType type_of(const std::string& name) {
  for (int type = 0; type < kDTypes; type++) {
    if (name == name_of(static_cast<DType>(type))) return static_cast<DType>(type);
  }
  throw Error("the dump has a tensor of type " + name);
}

Dims dims_of(const json& list) {
  Dims dims;
  for (const json& item : list) dims.push_back(item.get<std::int64_t>());
  return dims;
}

/// One entry's dump.
class Dump {
 public:
  explicit Dump(std::string_view entry) {
    std::ifstream text(file_of(entry) + ".json"), raw(file_of(entry) + ".bin", std::ios::binary);
    if (!text || !raw) throw Error("no dump of " + std::string(entry) + " in " + folder());
    tree_ = json::parse(text);
    bytes_.assign(std::istreambuf_iterator<char>(raw), {});
  }

  const json& runs() const { return tree_["runs"]; }

  Tensor tensor(const json& place) const {
    const Dims shape = dims_of(place["shape"]);
    Tensor tensor = empty(shape, type_of(place["type"]));
    const std::size_t size = static_cast<std::size_t>(tensor.count()) * size_of(tensor.dtype());
    const auto at = place["at"].get<std::size_t>();
    if (at + size > bytes_.size()) throw Error("the dump is cut off");
    if (size != 0) std::memcpy(tensor.raw(), bytes_.data() + at, size);
    return tensor;
  }

 private:
  json tree_;
  std::vector<char> bytes_;
};

/// Whether strides cover a block without gaps or repeats.
bool is_dense(const Dims& shape, const Dims& strides) {
  std::vector<std::pair<std::int64_t, std::int64_t>> axes;
  for (int i = 0; i < shape.size(); i++) {
    if (shape[i] != 1) axes.emplace_back(strides[i], shape[i]);
  }
  std::sort(axes.begin(), axes.end());
  std::int64_t expected = 1;
  for (const auto& [stride, size] : axes) {
    if (stride != expected) return false;
    expected *= size;
  }
  return true;
}

enum class Layout { kTorchs, kStrided };

bool is_short(DType type) { return type == DType::kF16 || type == DType::kBF16; }

/// One sample of one run, called and judged.
class Trial {
 public:
  Trial(const Entry& entry, const Dump& dump, const std::string& run, const json& sample, Layout layout)
      : entry_(entry), dump_(dump), run_(run), sample_(sample), type_(run == "c128" ? DType::kF64 : type_of(run)) {
    for (const json& place : sample["tensors"]) {
      Tensor tensor = laid_out(place, layout);
      if (is_short(tensor.dtype()) && entry.made == Made::kHere) tensor = tensor.to(DType::kF32);
      if (has_gradients() && place["gradient"].get<bool>()) tensor.requires_grad(true);
      tensors_.push_back(tensor);
      complex_.push_back(place["complex"].get<bool>());
    }
  }

  /// Throws Unsupported.
  void run() {
    Arguments arguments(sample_["arguments"], sample_["named"], tensors_, complex_);
    outputs_ = entry_.run(arguments);
    if (const std::string unread = arguments.unread(); !unread.empty()) throw Unsupported("argument" + unread);
    if (is_short(type_) && entry_.made == Made::kHere) {
      for (Tensor& output : outputs_) {
        if (output.dtype() == DType::kF32) output = output.to(type_);
      }
    }
    judge_values();
    if (has_gradients() && complaints_.empty()) judge_gradients();
  }

  const std::vector<std::string>& complaints() const { return complaints_; }
  int values() const { return values_; }
  int gradients() const { return gradients_; }
  bool gradient_missing() const { return gradient_missing_; }

 private:
  bool has_gradients() const { return !sample_["gradients"].empty(); }

  Tensor laid_out(const json& place, Layout layout) const {
    Tensor tensor = dump_.tensor(place);
    if (layout == Layout::kStrided) {
      return tensor.rank() == 0 || tensor.count() == 0 || place["complex"].get<bool>() ? tensor : SampleList::strided(tensor).detach();
    }
    const Dims strides = dims_of(place["strides"]);
    if (strides == tensor.strides() || strides.size() != tensor.rank() || !is_dense(tensor.shape(), strides)) return tensor;
    Tensor same = empty(tensor.shape(), tensor.dtype(), strides);
    return same.assign(tensor);
  }

  void complain(const std::string& what, const std::string& text) { complaints_.push_back(what + ": " + text); }

  void judge(const std::string& what, const Tensor& found, const json& expected) {
    const Tensor truth = dump_.tensor(expected["truth"]);
    if (!(found.shape() == truth.shape())) {
      complain(what, "shape " + to_text(found.shape()) + ", expected " + to_text(truth.shape()));
      return;
    }
    if (expected.contains("type") && expected["type"].is_string() && expected["type"] != name_of(found.dtype())) {
      complain(what, "type " + std::string(name_of(found.dtype())) + ", expected " + expected["type"].get<std::string>());
      return;
    }
    const std::vector<double> a = found.values(), b = truth.values();
    std::optional<Complaint> complaint;
    if (!is_floating(truth.dtype())) {
      complaint = judge_exact(a, b);
      if (complaint && entry_.look && truth.dtype() == DType::kI64 && is_within(a)) {
        Arguments arguments(sample_["arguments"], sample_["named"], tensors_, complex_);
        complaint = judge_exact(entry_.look(arguments, found).detach().values(), entry_.look(arguments, truth).detach().values());
      }
    } else if (is_short(found.dtype())) {
      complaint = judge_short(a, b, found.dtype(), entry_.made == Made::kOperation ? 1 : 4);
    } else if (found.dtype() == DType::kF32) {
      complaint = judge_f32(a, b, expected.contains("own") ? dump_.tensor(expected["own"]).values() : b);
    } else {
      complaint = judge_f64(a, b);
    }
    if (complaint) complain(what, complaint->text);
  }

  /// Whether indices can be looked at.
  bool is_within(const std::vector<double>& indices) const {
    const auto count = static_cast<double>(tensors_[0].count());
    return std::all_of(indices.begin(), indices.end(), [&](double index) { return index >= 0 && index < count; });
  }

  void judge_values() {
    const json& expected = sample_["outputs"];
    if (outputs_.size() != expected.size()) {
      complain("outputs", std::to_string(outputs_.size()) + ", expected " + std::to_string(expected.size()));
      return;
    }
    for (std::size_t i = 0; i < outputs_.size(); i++, values_++) judge("output " + std::to_string(i), outputs_[i], expected[i]);
  }

  void judge_gradients() {
    std::vector<Tensor> from, cotangents, leaves;
    for (std::size_t i = 0; i < outputs_.size(); i++) {
      if (!sample_["outputs"][i].contains("cotangent")) continue;
      gradient_missing_ = gradient_missing_ || !outputs_[i].requires_grad();
      from.push_back(outputs_[i]);
      cotangents.push_back(dump_.tensor(sample_["outputs"][i]["cotangent"]).to(outputs_[i].dtype()));
    }
    if (gradient_missing_) return;
    for (const json& gradient : sample_["gradients"]) leaves.push_back(tensors_[gradient["tensor"].get<std::size_t>()]);
    const std::vector<Tensor> found = tensor::gradients(from, leaves, cotangents);
    for (std::size_t i = 0; i < found.size(); i++, gradients_++) {
      const Tensor gradient = found[i].defined() ? found[i] : zeros(leaves[i].shape(), leaves[i].dtype());
      judge("gradient " + std::to_string(i), gradient, sample_["gradients"][i]);
    }
  }

  const Entry& entry_;
  const Dump& dump_;
  std::string run_;
  const json& sample_;
  DType type_;
  std::vector<Tensor> tensors_;
  std::vector<bool> complex_;
  std::vector<Tensor> outputs_;
  std::vector<std::string> complaints_;
  int values_ = 0, gradients_ = 0;
  bool gradient_missing_ = false;
};

/// All samples of one entry; returns what is wrong.
class EntryRun {
 public:
  explicit EntryRun(const Entry& entry) : entry_(entry), dump_(entry.name) {}

  std::vector<std::string> complaints() {
    for (const json& run : dump_.runs()) {
      int number = 0;
      for (const json& sample : run["samples"]) {
        const std::string type = run["type"];
        const std::string name = type + " sample " + std::to_string(number++);
        if (!attempt(name, type, sample, Layout::kTorchs)) continue;
        if (type == "f64") attempt(name + ", strided", type, sample, Layout::kStrided);
      }
    }
    counts.entries++;
    return complaints_;
  }

 private:
  /// False: unsupported.
  bool attempt(const std::string& name, const std::string& type, const json& sample, Layout layout) {
    std::vector<std::string> found;
    try {
      Trial trial(entry_, dump_, type, sample, layout);
      trial.run();
      counts.samples++;
      counts.values += trial.values();
      counts.gradients += trial.gradients();
      if (trial.gradient_missing()) counts.missing_gradients[std::string(entry_.name)]++;
      found = trial.complaints();
    } catch (const Unsupported& why) {
      counts.unsupported[std::string(entry_.name) + ": " + why.what()]++;
      return false;
    } catch (const std::exception& error) {
      found.push_back(std::string("throws ") + error.what());
    }
    for (const std::string& complaint : found) {
      complaints_.push_back(name + " " + sample["arguments"].dump() + " " + sample["named"].dump() + ": " + complaint);
    }
    return true;
  }

  const Entry& entry_;
  Dump dump_;
  std::vector<std::string> complaints_;
};

std::vector<Entry> all_entries() {
  std::vector<Entry> entries;
  for (std::vector<Entry> family : {pointwise_entries(), movement_entries(), reduction_entries(), index_entries(), matrix_entries(),
                                    window_entries(), fourier_entries(), network_entries()}) {
    entries.insert(entries.end(), family.begin(), family.end());
  }
  return entries;
}

class OpInfo : public testing::TestWithParam<Entry> {};

TEST_P(OpInfo, ValuesAndGradients) {
  ASSERT_FALSE(index_of_dump().is_null()) << "ARGENT_TORCH_DUMP names no dump; make one: tests/models/opinfo/dump.py entries.txt FOLDER";
  const auto& unknown = index_of_dump()["unknown"];
  if (std::find(unknown.begin(), unknown.end(), GetParam().name) != unknown.end()) return;  // of another torch
  const std::vector<std::string> complaints = EntryRun(GetParam()).complaints();
  if (complaints.empty()) return;
  counts.failing.push_back(std::string(GetParam().name) + ": " + std::to_string(complaints.size()) + ", first " + complaints[0]);
  std::string text;
  for (std::size_t i = 0; i < std::min<std::size_t>(complaints.size(), 12); i++) text += "\n  " + complaints[i];
  ADD_FAILURE() << complaints.size() << " complaints:" << text;
}

INSTANTIATE_TEST_SUITE_P(Entries, OpInfo, testing::ValuesIn(all_entries()), [](const testing::TestParamInfo<Entry>& info) {
  std::string name(info.param.name);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
});

/// After all entries: what ran, what did not, and whether that is enough.
class Summary : public testing::Environment {
 public:
  void TearDown() override {
    if (index_of_dump().is_null()) return;  // every test has said so
    const auto& unit = *testing::UnitTest::GetInstance();
    const bool complete = unit.test_to_run_count() == unit.total_test_count();
    std::cout << "\ntorch " << index_of_dump().value("torch", "?") << ": " << counts.entries << " entries, " << counts.samples
              << " samples, " << counts.values << " values, " << counts.gradients << " gradients\n";
    const int unsupported = print("unsupported samples", counts.unsupported);
    const int missing = print("samples without a gradient here", counts.missing_gradients);
    for (const std::string& entry : counts.failing) std::cout << "failing: " << entry << "\n";
    if (!complete) return;
    std::vector<std::string> known;
    for (const Entry& entry : all_entries()) known.emplace_back(entry.name);
    for (const std::string entry : index_of_dump()["entries"])
      EXPECT_TRUE(std::find(known.begin(), known.end(), entry) != known.end()) << entry << " is dumped, and nothing calls it";
    const std::string version = index_of_dump().value("torch", "?");
    for (const Expected& expected : kExpected) {
      if (!version.starts_with(expected.torch)) continue;
      EXPECT_GE(counts.entries, expected.entries);
      EXPECT_GE(counts.samples, expected.samples);
      EXPECT_GE(counts.values, expected.values);
      EXPECT_GE(counts.gradients, expected.gradients);
      EXPECT_LE(unsupported, expected.unsupported_samples);
      EXPECT_LE(missing, expected.missing_gradients);
      return;
    }
    ADD_FAILURE() << "torch " << version << " has no minimum in kExpected";
  }

 private:
  static int print(const char* what, const std::map<std::string, int>& numbers) {
    int total = 0;
    for (const auto& [name, number] : numbers) total += number;
    std::cout << what << ": " << total << "\n";
    for (const auto& [name, number] : numbers) std::cout << "  " << number << " " << name << "\n";
    return total;
  }
};

const testing::Environment* const kSummary = testing::AddGlobalTestEnvironment(new Summary);

}  // namespace
}  // namespace argent::tensor::opinfo
