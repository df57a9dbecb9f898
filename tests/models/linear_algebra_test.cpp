// Products of matrices, equations and what undoes them, beside plain sums.
#include <gtest/gtest.h>

#include <map>

#include "models/runtime/context.h"
#include "tests/models/gradient_check.h"

namespace argent::tensor {
namespace {

/// einsum by its definition: every combination of letters. Sizes of 1 broadcast; "..." is not known here.
Tensor summed_by_definition(const std::vector<std::string>& terms, const std::string& result, const std::vector<Tensor>& tensors) {
  std::map<char, std::int64_t> sizes;
  for (std::size_t t = 0; t < terms.size(); t++) {
    for (std::size_t i = 0; i < terms[t].size(); i++)
      sizes[terms[t][i]] = std::max(sizes[terms[t][i]], tensors[t].size(static_cast<int>(i)));
  }
  Dims shape;
  for (char letter : result) shape.push_back(sizes[letter]);
  std::vector<double> sums(static_cast<std::size_t>(shape.count()), 0.0);
  std::int64_t combinations = 1;
  for (const auto& [letter, size] : sizes) combinations *= size;
  std::vector<std::vector<double>> values;
  for (const Tensor& tensor : tensors) values.push_back(tensor.values());
  for (std::int64_t c = 0; c < combinations; c++) {
    std::map<char, std::int64_t> index;
    std::int64_t rest = c;
    for (const auto& [letter, size] : sizes) {
      index[letter] = rest % size;
      rest /= size;
    }
    const auto place = [&](const std::string& letters, const Dims& of) {
      std::int64_t at = 0;
      for (std::size_t i = 0; i < letters.size(); i++) {
        const std::int64_t n = of[static_cast<int>(i)];
        at = at * n + (n == 1 ? 0 : index[letters[i]]);
      }
      return static_cast<std::size_t>(at);
    };
    double product = 1;
    for (std::size_t t = 0; t < terms.size(); t++) product *= values[t][place(terms[t], tensors[t].shape())];
    sums[place(result, shape)] += product;
  }
  return from_values(sums, shape, DType::kF64);
}

TEST(Matmul, FollowsTheRulesOfRank) {
  const Tensor v = test_numbers({3}, -1, 1), w = test_numbers({3}, -1, 1, 2), m = test_numbers({2, 3}, -1, 1, 3);
  const Tensor b = test_numbers({4, 3, 2}, -1, 1, 4);
  expect_close(matmul(v, w), summed_by_definition({"i", "i"}, "", {v, w}));
  expect_close(matmul(m, v), summed_by_definition({"ij", "j"}, "i", {m, v}));
  expect_close(matmul(v, b), summed_by_definition({"i", "bij"}, "bj", {v, b}));
  expect_close(matmul(m, b), summed_by_definition({"ij", "bjk"}, "bik", {m, b}));
  expect_close(matmul(b, m), summed_by_definition({"bij", "jk"}, "bik", {b, m}));
  expect_error([&] { matmul(m, m); }, "matmul: matrices of shapes 2x3 and 2x3");
  expect_error([&] { matmul(m, 2.0); }, "matmul: shapes 2x3 and scalar");
}

TEST(Matmul, WrapsIntegersAndRoundsShortTypesOnce) {
  const Tensor a = full({1, 3}, 200, DType::kU8), b = full({3, 1}, 2, DType::kU8);
  EXPECT_EQ(matmul(a, b).item(), 1200 % 256);
  const Tensor ones_half = full({1, 4096}, 1, DType::kF16), tiny = full({4096, 1}, 0x1p-12, DType::kF16);
  EXPECT_EQ(matmul(ones_half, tiny).item(), 1);
  EXPECT_EQ(matmul(ones_half, full({4096, 1}, 1, DType::kF16)).item(), 4096);  // a sum in f16 stops at 2048
}

TEST(Matmul, DoesNotDependOnThreads) {
  const Tensor a = test_numbers({3, 70, 90}, -1, 1, 1, DType::kF32), b = test_numbers({90, 80}, -1, 1, 2, DType::kF32);
  Context one(1), two(2);
  std::vector<double> results[2];
  for (int i = 0; i < 2; i++) {
    const ContextScope scope(i == 0 ? one : two);
    results[i] = matmul(a, b).values();
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST(Products, AreTheirDefinitions) {
  const Tensor a = test_numbers({2, 3}, -1, 1), b = test_numbers({2, 3}, -1, 1, 2), v = test_numbers({3}, -1, 1, 3);
  expect_close(dot(v, v), sum(v * v));
  expect_close(outer(v, v), summed_by_definition({"i", "j"}, "ij", {v, v}));
  expect_close(vecdot(a, b, 0), sum(a * b, {0}));
  expect_close(linear(a, b, from_values({1, 2}, DType::kF64)),
               summed_by_definition({"ik", "jk"}, "ij", {a, b}) + from_values({1, 2}, DType::kF64));
  expect_close(addmm(1, a, b.transpose(0, 1), 2, 3), 2 + 3 * matmul(a, b.transpose(0, 1)));
  expect_close(kron(a, v), summed_by_definition({"ij", "k"}, "ijk", {a, v}).view({2, 9}));
  expect_close(kron(a, b), summed_by_definition({"ij", "kl"}, "ikjl", {a, b}).view({4, 9}));
  expect_close(tensordot(a, b, {1, 0}, {1, 0}), sum(a * b));
  expect_close(tensordot(a, b, {0}, {-2}), summed_by_definition({"ij", "ik"}, "jk", {a, b}));
  expect_close(cdist(a, v.unsqueeze(0)), sqrt(sum(square(a - v), {1}, Keep::kYes)));
  expect_error([&] { tensordot(a, b, {0, 1}, {0}); }, "tensordot: axes");
}

TEST(Products, HaveGradients) {
  const Tensor a = test_numbers({2, 3}, -1, 1), b = test_numbers({4, 3}, -1, 1, 2), v = test_numbers({4}, -1, 1, 3);
  expect_gradients([](auto in) { return linear(in[0], in[1], in[2]); }, {a, b, v});
  expect_gradients([](auto in) { return cdist(in[0], in[1]); }, {a, b});
  expect_gradients([](auto in) { return kron(in[0], in[1]); }, {a, b});
  const Tensor twice = a.detach().requires_grad(true);
  sum(cdist(twice, a)).backward();  // each point lies on one of the others
  for (double value : twice.grad().values()) EXPECT_TRUE(std::isfinite(value));
}

TEST(MatrixPower, GoesBothWays) {
  const Tensor a = from_values({1, 1, 0, 1}, DType::kF64).view({2, 2});
  expect_values(matrix_power(a, 10), {1, 10, 0, 1});
  expect_values(matrix_power(a, -3), {1, -3, 0, 1});
  expect_values(matrix_power(a, 0), {1, 0, 0, 1});
  expect_error([&] { matrix_power(a.view({4}), 2); }, "matrix_power: a tensor of shape 4");
}

TEST(Einsum, IsItsDefinition) {
  const Tensor a = test_numbers({2, 3}, -1, 1), b = test_numbers({3, 4}, -1, 1, 2), c = test_numbers({4, 2}, -1, 1, 3),
               s = test_numbers({3, 3, 2}, -1, 1, 4), one = test_numbers({1, 4}, -1, 1, 5);
  struct Case {
    std::vector<std::string> terms;
    std::string result;
    std::vector<Tensor> tensors;
  };
  for (const auto& [terms, result, tensors] : {
           Case{{"ij"}, "ji", {a}},
           Case{{"ij"}, "", {a}},
           Case{{"iij"}, "ji", {s}},
           Case{{"iij"}, "j", {s}},
           Case{{"ij", "jk"}, "ki", {a, b}},
           Case{{"ij", "jk"}, "ijk", {a, b}},
           Case{{"ij", "jk", "ki"}, "", {a, b, c}},
           Case{{"ij", "jk", "kl"}, "li", {a, b, c}},
           Case{{"iij", "ik", "ji"}, "k", {s, b, a}},
           Case{{"jk", "jk"}, "jk", {b, one}},
           Case{{"jk", "jk"}, "k", {b, one}},
           Case{{"ij", "kl"}, "kj", {a, b}},
       }) {
    std::string equation;
    for (const std::string& term : terms) equation += (equation.empty() ? "" : " , ") + term;
    expect_close(einsum(equation + " -> " + result, tensors), summed_by_definition(terms, result, tensors));
    expect_gradients([&](auto in) { return einsum(equation + "->" + result, in); }, tensors);
  }
}

TEST(Einsum, KnowsDotsAndAnOmittedArrow) {
  const Tensor a = test_numbers({5, 2, 3}, -1, 1), b = test_numbers({3, 4}, -1, 1, 2), v = test_numbers({2, 3}, -1, 1, 3);
  expect_close(einsum("...ij,jk->...ik", {a, b}), matmul(a, b));
  expect_close(einsum("...j,jk", {a, b}), matmul(a, b));
  expect_close(einsum("ba", {v}), v.transpose(0, 1));
  expect_close(einsum("i...->...", {a}), sum(a, {0}));
  expect_close(einsum("...,...->...", {a, v}), a * v);
  expect_close(einsum("...ij->...", {a}), sum(a, {1, 2}));
  EXPECT_EQ(einsum("ij,jk", {a.select(0, 0).to(DType::kF16), b.to(DType::kF16)}).dtype(), DType::kF16);
  expect_error([&] { einsum("ij,jk->ik", {a, b}); }, "einsum: \"ij\" for a tensor of shape 5x2x3");
  expect_error([&] { einsum("ij,jk->ik", {v, v}); }, "has size 2, expected 3 as another of its letter");
  expect_error([&] { einsum("ij->ik", {v}); }, "names 'k'");
  expect_error([&] { einsum("i$", {v}); }, "has a '$'");
  expect_error([&] { einsum("ij,jk", {v}); }, "of 1 tensors");
  expect_error([&] { einsum("ii", {v}); }, "has size 3, expected 2 as another of its letter");
}

TEST(Solve, GivesWhatMultipliesBack) {
  const Tensor a = test_numbers({2, 4, 4}, -1, 1), b = test_numbers({4, 3}, -1, 1, 2);
  expect_close(matmul(a, solve(a, b)), b.expand({2, 4, 3}), 1e-11);
  expect_close(vecdot(a, solve(a, b.select(1, 0)).unsqueeze(1)), b.select(1, 0).expand({2, 4}), 1e-11);
  expect_close(matmul(inverse(a), a), matmul(a, inverse(a)), 1e-11);
  expect_close(solve(from_values({0, 1, 1, 0}, DType::kF64).view({2, 2}), from_values({3, 4}, DType::kF64)),
               from_values({4, 3}, DType::kF64));  // needs another pivot
  expect_error([] { solve(ones({2, 2}), ones({2, 1})); }, "solve: matrix 0 is singular");
  expect_error([] { inverse(ones({2, 3})); }, "solve: a matrix of shape 2x3, expected as many rows as columns");
}

TEST(Determinant, OfAPermutationAndOfProducts) {
  const Tensor a = test_numbers({3, 3}, -1, 1), b = test_numbers({3, 3}, -1, 1, 2);
  expect_close(determinant(matmul(a, b)), determinant(a) * determinant(b));
  const Tensor exchanged = from_values({0, 1, 0, 1, 0, 0, 0, 0, 2}, DType::kF64).view({3, 3});
  EXPECT_NEAR(determinant(exchanged).item(), -2, 1e-12);
  const auto [sign, absolute] = log_determinant(zeros({2, 2}));
  EXPECT_EQ(sign.item(), 0);
  EXPECT_EQ(absolute.item(), -std::numeric_limits<double>::infinity());
  expect_gradients([](auto in) { return determinant(in[0]); }, {a});
  expect_gradients([](auto in) { return inverse(in[0]); }, {a});
}

TEST(Cholesky, IsTheRootOfItsSquare) {
  const Tensor r = test_numbers({4, 4}, -1, 1), a = matmul(r, r.transpose(0, 1)), l = cholesky(a);
  expect_close(matmul(l, l.transpose(0, 1)), a);
  EXPECT_EQ(l.select(0, 0).select(0, 3).item(), 0);
  expect_error([] { cholesky(-1 * ones({1, 1})); }, "cholesky: matrix 0 is not positive definite");
}

TEST(TriangularSolve, LooksAtItsTriangleAlone) {
  const Tensor a = from_values({2, 50, 1, 4}, DType::kF64).view({2, 2}), b = from_values({2, 9}, DType::kF64).view({2, 1});
  expect_values(triangular_solve(a, b, Triangle::kLower), {1, 2});
  expect_values(triangular_solve(a, b, Triangle::kLower, Transposed::kYes), {1 - 2.25 / 2, 2.25});
  expect_values(triangular_solve(a, b, Triangle::kLower, Transposed::kNo, UnitDiagonal::kYes), {2, 7});
  expect_error([&] { triangular_solve(zeros({2, 2}), b, Triangle::kUpper); }, "triangular_solve: matrix 0 is singular");
}

}  // namespace
}  // namespace argent::tensor
