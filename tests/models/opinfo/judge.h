// tests/models/opinfo/judge.h - whether a result is as close to the truth as its type allows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/tensor/tensor.h"

namespace argent::tensor::opinfo {

struct Complaint {
  std::string text;  ///< the worst element: index, found, expected, allowed
};

/// Within 1e-10 of max(1, |truth|).
std::optional<Complaint> judge_f64(const std::vector<double>& found, const std::vector<double>& truth);

/// Largest error at most 4 times that of `own`, torch's f32, and 2 units in the last place of the largest magnitude. An element that is not
/// finite in torch's f32, though it is in truth, may be what torch's is.
std::optional<Complaint> judge_f32(const std::vector<double>& found, const std::vector<double>& truth, const std::vector<double>& own);

/// Each element at most `units` numbers of the type away from the truth, rounded to the type. With several units those of an element are
/// no smaller than those of the largest magnitude / 256: a composite's sums may cancel.
std::optional<Complaint> judge_short(const std::vector<double>& found, const std::vector<double>& truth, DType type, int units);

std::optional<Complaint> judge_exact(const std::vector<double>& found, const std::vector<double>& truth);

}  // namespace argent::tensor::opinfo
