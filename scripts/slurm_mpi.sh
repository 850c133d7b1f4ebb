#!/bin/sh
#SBATCH --job-name=genu
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=16
#SBATCH --nodes=4
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
# slurm_mpi.sh - one sweep on many machines, with a genu that was built with MPI (cmake --preset mpi).
# usage: sbatch scripts/slurm_mpi.sh STUDY OUT.h5
#
# One process a machine, one thread a core; all of them see the folder of OUT.h5. Two minutes before
# its time is up the job stops by itself; submitted again, it goes on from the last finished block.
set -eu
[ $# -eq 2 ] || { echo "usage: sbatch slurm_mpi.sh STUDY OUT.h5" >&2; exit 2; }
exec srun "${GENU:-genu}" sweep "$1" -o "$2" -j "${SLURM_CPUS_PER_TASK:-1}" --resume
