// Eigen's product of matrices. Compiled once per instruction set, which ARGENT_EIGEN names: it takes the place of Eigen's namespace, so
// that the linker does not make one of two.
#define Eigen ARGENT_EIGEN
#include <Eigen/Core>

namespace Eigen {

void peer_product(const float* a, const float* b, float* c, int n) {
  using Square = Matrix<float, Dynamic, Dynamic, RowMajor>;
  Map<Square>(c, n, n).noalias() = Map<const Square>(a, n, n) * Map<const Square>(b, n, n);
}

}  // namespace Eigen
